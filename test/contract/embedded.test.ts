import { contract } from './contract';
import { EmbeddedApiServer } from '../../controller/src/cluster';
import { Client } from '../../controller/src/kube/client';
import { NAMESPACE } from '../../controller/src/kube/resource';

contract('the embedded cluster', async () => {
  const transport = new EmbeddedApiServer().transport();
  const client = new Client({ transport });
  let namespaces = 0;
  return {
    client,
    transport,
    async namespace(prefix) {
      const name = `${prefix}-${++namespaces}`;
      await client.create(NAMESPACE, { apiVersion: 'v1', kind: 'Namespace', metadata: { name } });
      return name;
    },
    close: () => transport.close(),
  };
});
