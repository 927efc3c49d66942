import { randomBytes } from 'node:crypto';
import { Login } from './admin';
import type { ControlPlaneAddress } from './control-plane';
import { Client } from '../../controller/src/kube/client';
import { ignoreNotFound } from '../../controller/src/kube/errors';
import { HttpsTransport } from '../../controller/src/kube/https-transport';
import { NAMESPACE } from '../../controller/src/kube/resource';
import { Transport } from '../../controller/src/kube/transport';

/** Carries the {@link ControlPlaneAddress} of the test run, as JSON. */
export const ADDRESS_VARIABLE = 'CDK8S_GROVE_CONTROL_PLANE';

/** What a test file needs of the control plane of the test run. */
export interface Connection {
  readonly address: ControlPlaneAddress;
  /** For the helpers of this folder. */
  readonly login: Login;
  /** May do everything. */
  readonly admin: Client;
  readonly adminTransport: Transport;
  /** The operator's service account, which may do what RBAC gives it. */
  readonly operator: Client;
  readonly operatorTransport: Transport;
  /** Creates a namespace of this name with a random ending, which is deleted when the tests of the file are over. */
  namespace(name: string): Promise<string>;
  /** Does work after the last test, while namespaces and connections are still there; what was given last is done first. */
  atEnd(work: () => Promise<unknown>): void;
}

/** Connects a test file to the control plane; called at the top of the file, it closes what it has opened after the last test. */
export function connect(): Connection {
  const address = controlPlaneAddress();
  const login = { server: address.server, ca: address.ca, token: address.adminToken };
  const adminTransport = new HttpsTransport({ ...login });
  const operatorTransport = new HttpsTransport({ ...login, token: address.operatorToken });
  const admin = new Client({ transport: adminTransport });
  const operator = new Client({ transport: operatorTransport });
  const namespaces: string[] = [];
  const endings: (() => Promise<unknown>)[] = [];
  afterAll(async () => {
    while (endings.length > 0) await endings.pop()!();
    await Promise.all(namespaces.map((name) => ignoreNotFound(admin.delete(NAMESPACE, { name }))));
    await Promise.all([adminTransport.close(), operatorTransport.close()]);
  });
  const namespace = async (prefix: string): Promise<string> => {
    const name = `${prefix}-${randomBytes(3).toString('hex')}`;
    await admin.create(NAMESPACE, { apiVersion: 'v1', kind: 'Namespace', metadata: { name } });
    namespaces.push(name);
    return name;
  };
  return { address, login, admin, adminTransport, operator, operatorTransport, namespace, atEnd: (work) => void endings.push(work) };
}

/** @throws Error outside a run of the `integration` tests */
export function controlPlaneAddress(): ControlPlaneAddress {
  const json = process.env[ADDRESS_VARIABLE];
  if (!json) throw new Error('no control plane runs: start these tests with `npx jest --selectProjects integration`');
  return JSON.parse(json);
}
