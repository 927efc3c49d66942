import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse, parseAllDocuments } from 'yaml';
import { EmbeddedApiServer } from '../../controller/src/cluster';
import { Client } from '../../controller/src/kube/client';
import { KubeObject } from '../../controller/src/kube/object';
import { CUSTOM_RESOURCE_DEFINITION, HORIZONTAL_POD_AUTOSCALER, NAMESPACE, POD, ResourceType, SERVICE } from '../../controller/src/kube/resource';
import { POD_CLIQUE, POD_CLIQUE_SET, POD_GANG, SCALING_GROUP } from '../../controller/src/state/resources';
import { comparable } from '../contract/comparable';
import { Anything } from '../contract/subject';
import { connect } from '../control-plane/connect';
import { expand, PodCliqueSet } from 'cdk8s-grove/core';

const ROOT = join(__dirname, '../..');
const TYPES = [POD_CLIQUE_SET, POD_CLIQUE, SCALING_GROUP, POD_GANG, POD, SERVICE, HORIZONTAL_POD_AUTOSCALER];

const real = connect();
const embedded = new Client({ transport: new EmbeddedApiServer().transport() });
let namespace: string;

beforeAll(async () => {
  namespace = await real.namespace('agreement');
  await embedded.create(NAMESPACE, { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } });
  const definitions = readdirSync(join(ROOT, 'crds')).filter((file) => file.endsWith('.yaml'));
  for (const file of definitions) await embedded.create(CUSTOM_RESOURCE_DEFINITION, parse(readFileSync(join(ROOT, 'crds', file), 'utf8')));
});

const examples = readdirSync(join(ROOT, 'examples')).flatMap((name) => {
  const text = readFileSync(join(ROOT, 'examples', name, `${name}.k8s.yaml`), 'utf8');
  return parseAllDocuments(text).map((document) => document.toJS()).filter((object) => object?.kind === 'PodCliqueSet').map((set) => [name, set] as const);
});

test.each(examples)('both clusters keep the objects of %s alike', async (_name, set: PodCliqueSet) => {
  const kept = await createdOnBoth(set as Anything);
  // ComputeDomains are a type of the NVIDIA driver's, which neither cluster has.
  for (const child of expand(kept as unknown as PodCliqueSet).filter(({ kind }) => kind !== 'ComputeDomain')) await createdOnBoth(child as unknown as Anything);
});

/** Creates the object on both clusters and compares what they made of it. Owners are left out: the real collector would look for them. */
async function createdOnBoth(object: Anything): Promise<Anything> {
  const { ownerReferences: _owners, ...metadata } = object.metadata;
  const sent = { ...object, metadata: { ...metadata, namespace } };
  const type = typeOf(object);
  const [there, here] = await Promise.all([real.admin.create<Anything>(type, sent), embedded.create<Anything>(type, sent)]);
  expect(comparable(here)).toEqual(comparable(there));
  return there;
}

function typeOf({ kind }: KubeObject): ResourceType {
  const type = TYPES.find((one) => one.kind === kind);
  if (!type) throw new Error(`no type for kind ${kind}`);
  return type;
}
