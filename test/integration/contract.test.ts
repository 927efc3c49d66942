import { contract } from '../contract/contract';
import { connect } from '../control-plane/connect';

const { admin, adminTransport, namespace } = connect();

contract('the real control plane', () => Promise.resolve({ client: admin, transport: adminTransport, namespace, close: () => Promise.resolve() }));
