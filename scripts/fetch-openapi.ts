import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { OpenApiSchemas, structuralSchema } from './crds/structural';
import { Login, demand } from '../test/control-plane/admin';
import { startControlPlane } from '../test/control-plane/control-plane';

const HELP = `Usage: npx tsx scripts/fetch-openapi.ts [<server URL> [<token>]]

Takes the schemas of the Kubernetes types that our API embeds from an API server's OpenAPI and keeps them in scripts/crds/schemas/.
Without arguments the server is the one of the tests (test/control-plane), started for this and stopped again. Needed for a new
version of Kubernetes only; \`npm run crds\` then puts the schemas into crds/.
`;

interface Embedded {
  /** What follows \`@schema\` in the doc comment of our type. */
  readonly name: string;
  /** The document that has the type. */
  readonly path: string;
  readonly type: string;
}

const EMBEDDED: readonly Embedded[] = [
  { name: 'pod-spec', path: '/openapi/v3/api/v1', type: 'io.k8s.api.core.v1.PodSpec' },
  { name: 'metric-spec', path: '/openapi/v3/apis/autoscaling/v2', type: 'io.k8s.api.autoscaling.v2.MetricSpec' },
  { name: 'resource-claim-template-spec', path: '/openapi/v3/apis/resource.k8s.io/v1', type: 'io.k8s.api.resource.v1.ResourceClaimTemplateSpec' },
];

async function main([server, token]: readonly string[]): Promise<void> {
  if (server === '--help' || server === '-h') return void process.stdout.write(HELP);
  if (server !== undefined) return fetchAll({ server, token });
  const cluster = await startControlPlane();
  try {
    await fetchAll({ server: cluster.server, ca: cluster.ca, token: cluster.adminToken });
  } finally {
    await cluster.stop();
  }
}

async function fetchAll(login: Login): Promise<void> {
  const { gitVersion } = await demand(login, 'GET', '/version') as { gitVersion: string };
  for (const { name, path, type } of EMBEDDED) {
    const document = await demand(login, 'GET', path) as { components: { schemas: OpenApiSchemas } };
    const kept = { source: `Kubernetes ${gitVersion}, ${path}`, type, schema: structuralSchema(type, document.components.schemas) };
    writeFileSync(join(__dirname, 'crds', 'schemas', `${name}.json`), `${JSON.stringify(kept, undefined, 2)}\n`);
    process.stdout.write(`${name}: ${type} of ${kept.source}\n`);
  }
}

main(process.argv.slice(2)).catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
