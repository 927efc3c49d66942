import { EmbeddedApiServer } from '../../controller/src/cluster';
import { Client } from '../../controller/src/kube/client';
import { ApiError } from '../../controller/src/kube/errors';
import { jsonPatch, JsonPatchOperation, mergePatch, Patch } from '../../controller/src/kube/patch';
import { NAMESPACE, POD, ResourceType } from '../../controller/src/kube/resource';
import { comparable } from '../contract/comparable';
import { Anything, GADGET, gadget, gatedPod, installDefinitions, outcome, pod } from '../contract/subject';
import { connect } from '../control-plane/connect';

/**
 * Another story for every seed; a seed that has found something stays in the list. All of them together have to end within 40 seconds: then the
 * real cluster begins to clear away pods that are bound to a node that nobody has.
 */
const SEEDS = [1, 2, 3, 4, 5, 6];
const STEPS = 250;
const NAMES = ['a', 'b', 'c', 'd'];

const real = connect();
const embedded = new Client({ transport: new EmbeddedApiServer().transport() });
let namespace: string;

beforeAll(async () => {
  await Promise.all([real.admin, embedded].map(installDefinitions));
  namespace = await real.namespace('story');
  await embedded.create(NAMESPACE, { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } });
});

interface Step {
  readonly told: string;
  take(client: Client): Promise<unknown>;
}

test.each(SEEDS)('a long random story goes the same way on both clusters: seed %d', async (seed) => {
  const choose = chooser(seed);
  const story: string[] = [];
  for (let index = 0; index < STEPS; index++) {
    const step = nextStep(choose);
    story.push(step.told);
    const [there, here] = await Promise.all([real.admin, embedded].map((client) => outcome(step.take(client)).then(shown)));
    if (JSON.stringify(here) !== JSON.stringify(there)) expect({ story: story.slice(-12), outcome: here }).toEqual({ story: story.slice(-12), outcome: there });
  }
  for (const type of [GADGET, POD]) await emptied(type);
});

/** What both clusters have to agree on: objects whole, refusals by class, subject and fields. Their sentences differ in detail. */
function shown(result: unknown): unknown {
  if (!(result instanceof ApiError)) return sortedKeys(comparable(result as object ?? {}));
  const { status, reason, details } = result;
  const fields = [...new Set(details?.causes?.map(({ field }) => field?.replace(/^\./, '')))].sort();
  return { status, reason, name: details?.name, kind: details?.kind, fields };
}

function sortedKeys(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sortedKeys);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, part]) => [key, sortedKeys(part)]));
}

type Choose = <T>(options: readonly T[]) => T;

function chooser(seed: number): Choose {
  let state = seed;
  return (options) => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff;
    return options[(state >> 8) % options.length];
  };
}

const ACTIONS = ['create', 'create', 'patch', 'patch', 'patch', 'patch', 'status', 'status', 'update', 'delete', 'bind', 'get'];

/** Chosen here, once, so that both clusters are asked for the same. The embedded server knows the fields of custom types only. */
function nextStep(choose: Choose): Step {
  const type = choose([GADGET, POD]);
  const name = choose(NAMES);
  const key = { namespace, name };
  const custom = type === GADGET;
  const told = (what: string, detail: object = {}): string => `${what} ${type.kind} ${name} ${JSON.stringify(detail)}`;
  switch (choose(ACTIONS)) {
    case 'create': {
      const object = newObject(type, name, choose);
      return { told: told('create', object), take: (client) => client.create(type, object) };
    }
    case 'patch': {
      const patch = custom ? gadgetPatch(choose) : podPatch(choose);
      return { told: told('patch', patch.body as object), take: (client) => client.patch(type, key, patch) };
    }
    case 'status': {
      const status = choose<object>([{ message: 'x' }, { message: null }, ...(custom ? [{ message: 7 }, { unknown: 'field' }] : [{ phase: 'Running' }])]);
      const patch = mergePatch({ metadata: { labels: { by: 'status' } }, status });
      return { told: told('status', status), take: (client) => client.patch(type, key, patch, 'status') };
    }
    case 'update': {
      const change = choose<object>([{}, { spec: null }, { kind: 'Other' }, { metadata: { name: 'other', namespace } }, ...(custom ? [{ data: 'unknown' }] : [])]);
      const take = async (client: Client): Promise<unknown> => client.update(type, { ...await client.get<Anything>(type, key), ...change } as Anything);
      return { told: told('update', change), take };
    }
    case 'delete': {
      const options = choose<object>([{}, { gracePeriodSeconds: 0 }, { gracePeriodSeconds: 1 }, { propagationPolicy: 'Background' }, { uid: 'another' }]);
      return { told: told('delete', options), take: (client) => client.delete(type, key, options) };
    }
    case 'bind': return { told: `bind ${name}`, take: async (client) => client.bind(await client.get(POD, key), 'story-nowhere') };
    default: return { told: told('get'), take: (client) => client.get(type, key) };
  }
}

function newObject(type: ResourceType, name: string, choose: Choose): Anything {
  const metadata = choose<object>([{}, {}, { finalizers: ['example.com/wait'] }, { labels: { a: 'b' } }, { labels: { a: '-' } }, { generateName: 'unused-' }]);
  if (type === POD) {
    const spec = choose<object>([
      {}, { nodeSelector: { a: 'b' } }, { restartPolicy: 'Never' }, { containers: [{ name: 'main' }] }, { tolerations: [{ key: 'a', operator: 'Exists' }] },
    ]);
    return choose([pod(namespace, name, spec, metadata), { ...gatedPod(namespace, name, spec), status: { phase: 'Running' } }]);
  }
  const spec = choose<object>([
    {}, { replicas: 3 }, { parts: [{ name: 'x' }] }, { mode: 'odd' }, { unknown: 1, settings: { a: 'b' } }, { anything: { a: [1, { b: null }] } },
  ]);
  return { ...gadget(namespace, name, spec, metadata), ...choose<object>([{}, { status: { message: 'early' } }]) };
}

function gadgetPatch(choose: Choose): Patch {
  const operations = choose<JsonPatchOperation[]>([
    [{ op: 'replace', path: '/spec/size', value: 'big' }],
    [{ op: 'test', path: '/spec/size', value: 'big' }, { op: 'remove', path: '/spec/size' }],
    [{ op: 'add', path: '/spec/parts', value: [] }, { op: 'add', path: '/spec/parts/-', value: { name: 'y' } }],
    [{ op: 'remove', path: '/metadata/finalizers' }],
    [{ op: 'add', path: '/spec/parts/3', value: { name: 'z' } }],
  ]);
  const spec = choose<object>([
    { replicas: 5 }, { replicas: null }, { replicas: -5 }, { size: null }, { parts: [{ name: 'q', count: null }] }, { settings: { a: null, c: 'd' } },
  ]);
  const metadata = choose<object>([
    { labels: { a: null } }, { finalizers: [] }, { finalizers: ['example.com/new'] }, { annotations: { x: 'y' } }, { generation: 77 }, { name: 'renamed' },
  ]);
  return choose([jsonPatch(operations), mergePatch({ spec }), mergePatch({ metadata })]);
}

function podPatch(choose: Choose): Patch {
  const operations = choose<JsonPatchOperation[]>([
    [{ op: 'remove', path: '/spec/schedulingGates' }],
    [{ op: 'remove', path: '/spec/schedulingGates/0' }],
    [{ op: 'replace', path: '/spec/containers/0/image', value: 'busybox:2' }],
    [{ op: 'add', path: '/spec/schedulingGates/-', value: { name: 'example.com/new' } }],
  ]);
  const spec = choose<object>([
    { schedulingGates: [] }, { nodeSelector: { c: 'd' } }, { nodeSelector: null }, { priority: 5 }, { restartPolicy: 'Always' }, { activeDeadlineSeconds: 60 },
  ]);
  const metadata = choose<object>([{ labels: { a: null } }, { finalizers: null }, { finalizers: ['example.com/new'] }, { annotations: { x: 'y' } }]);
  return choose([jsonPatch(operations), mergePatch({ spec }), mergePatch({ metadata })]);
}

/** Takes everything away, so that the next story begins with nothing. */
async function emptied(type: ResourceType): Promise<void> {
  for (const client of [real.admin, embedded]) {
    for (const { metadata } of (await client.list(type, { namespace })).items) {
      await outcome(client.patch(type, metadata, mergePatch({ metadata: { finalizers: null } })));
      await outcome(client.delete(type, metadata, { gracePeriodSeconds: 0 }));
    }
  }
}
