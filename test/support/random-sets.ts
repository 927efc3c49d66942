import fc from 'fast-check';
import { PodCliqueSet } from '../../src/core';

/** Names that are also on JavaScript's own objects, beside some that say nothing. */
const ODD_KEYS = ['__proto__', 'constructor', 'toString', 'hasOwnProperty', 'length', '', 'a.b', 'a[0]', 'name', 'spec', 'items'];
export const json = fc.jsonValue({ maxDepth: 4 });
const odd = fc.oneof(json, fc.constantFrom<unknown>(null, undefined, '', 0, -1, 1.5, 2 ** 53, NaN, [], {}, true, '\u{1F600}'), fc.dictionary(fc.constantFrom(...ODD_KEYS), json));

const name = fc.constantFrom('a', 'b', 'router', 'decode', 'x-1', 'Bad_Name', '', 'constructor', 'a'.repeat(44), 'a.b');
const count = fc.constantFrom(0, 1, 2, 3, 5, -1, 2 ** 31);
const domain = fc.constantFrom('zone', 'rack', 'host', 'numa', 'Rack', '');
export const optional = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined, freq: 2 });
const constraint = fc.record({
  topologyName: fc.constantFrom('dc', 'nope', ''),
  pack: fc.record({ required: domain, preferred: domain }, { requiredKeys: [] }),
  packDomain: domain,
}, { requiredKeys: [] });
const annotations = fc.dictionary(fc.constantFrom('grove.io/mnnvl-group', 'kai.scheduler/queue', 'scheduling.grove.io/volcano-queue', 'Other/x', 'bad key'), fc.constantFrom('none', 'train', '', 'No Label', 'q'));
const scaling = fc.record({ minReplicas: count, maxReplicas: count }, { requiredKeys: [] });
const sharing = fc.record({
  name,
  scope: fc.constantFrom('AllReplicas', 'PerReplica', 'Some'),
  namespace: name,
  filter: fc.record({ childCliqueNames: fc.array(name, { maxLength: 2 }), childScalingGroupNames: fc.array(name, { maxLength: 2 }) }, { requiredKeys: [] }),
}, { requiredKeys: ['name', 'scope'] });
const podSpec = fc.record({
  containers: fc.array(fc.record({
    name: fc.constantFrom('main', 'side'),
    image: fc.constant('server:1'),
    env: fc.array(fc.record({ name: fc.constantFrom('A', 'B', '9', '') }), { maxLength: 2 }),
    ports: fc.array(fc.record({ containerPort: fc.constantFrom(80, 81) }), { maxLength: 2 }),
  }, { requiredKeys: ['name'] }), { maxLength: 2 }),
  schedulerName: fc.constantFrom('', 'default-scheduler', 'grove-scheduler', 'kai-scheduler', 'volcano', 'lpx-scheduler', 'other'),
  restartPolicy: fc.constantFrom('Always', 'Never', ''),
  nodeName: fc.constant('n0'),
  terminationGracePeriodSeconds: count,
}, { requiredKeys: ['containers'] });
const clique = fc.record({
  name,
  labels: fc.dictionary(fc.constantFrom('app', 'Bad Key', '__proto__'), fc.constantFrom('ok', 'not ok')),
  annotations,
  topologyConstraint: constraint,
  resourceSharing: fc.array(sharing, { maxLength: 2 }),
  spec: fc.record({ roleName: name, replicas: count, minAvailable: count, startsAfter: fc.array(name, { maxLength: 3 }), autoScalingConfig: scaling, podSpec }, { requiredKeys: ['podSpec'] }),
}, { requiredKeys: ['name', 'spec'] });
const group = fc.record({
  name,
  cliqueNames: fc.array(name, { maxLength: 3 }),
  annotations,
  replicas: count,
  minAvailable: count,
  scaleConfig: scaling,
  topologyConstraint: constraint,
  resourceSharing: fc.array(sharing, { maxLength: 2 }),
}, { requiredKeys: ['name', 'cliqueNames'] });

/** Sets as people write them: of the right shape, good and bad. */
export const set = fc.record({
  apiVersion: fc.constant('grove.io/v1alpha1'),
  kind: fc.constant('PodCliqueSet'),
  metadata: fc.record({ name, namespace: fc.constantFrom('', 'default', 'Bad_'), annotations }, { requiredKeys: ['name'] }),
  spec: fc.record({
    replicas: count,
    updateStrategy: fc.record({ type: fc.constantFrom('', 'OnDelete', 'RollingRecreate', 'Other') }, { requiredKeys: [] }),
    template: fc.record({
      cliques: fc.array(clique, { maxLength: 4 }),
      cliqueStartupType: fc.constantFrom('CliqueStartupTypeAnyOrder', 'CliqueStartupTypeInOrder', 'CliqueStartupTypeExplicit', ''),
      podCliqueScalingGroups: fc.array(group, { maxLength: 2 }),
      terminationDelay: fc.constantFrom('4h', '0s', '-1m', 'soon', ''),
      topologyConstraint: constraint,
      resourceClaimTemplates: fc.array(fc.record({ name, templateSpec: fc.constant({ spec: { devices: { requests: [{ name: 'r' }] } } }) }), { maxLength: 2 }),
      resourceSharing: fc.array(sharing, { maxLength: 2 }),
    }, { requiredKeys: ['cliques'] }),
  }, { requiredKeys: ['template'] }),
}).map(value => JSON.parse(JSON.stringify(value)) as PodCliqueSet);

/** Sets that nobody can have anything against. */
export const sound: fc.Arbitrary<PodCliqueSet> = fc.record({
  names: fc.uniqueArray(fc.constantFrom('router', 'prefill', 'decode', 'cache', 'expert'), { minLength: 1 }),
  counts: fc.array(fc.tuple(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 0, max: 8 })), { minLength: 5, maxLength: 5 }),
  grouped: fc.nat({ max: 5 }),
  order: fc.constantFrom('CliqueStartupTypeAnyOrder', 'CliqueStartupTypeInOrder', 'CliqueStartupTypeExplicit'),
  packing: optional(fc.constantFrom(['zone', 'rack', 'host'], ['zone', 'zone', 'rack'], ['rack', 'rack', 'rack'])),
  pod: fc.record({ image: fc.constantFrom('server:1', 'server:2'), port: fc.integer({ min: 1, max: 65_535 }), gpus: fc.nat({ max: 8 }) }),
}).map(({ names, counts, grouped, order, packing, pod }) => {
  const pack = (level: number, named: object = {}) => (packing ? { topologyConstraint: { ...named, pack: { required: packing[level] } } } : {});
  const containers = [{ name: 'main', image: pod.image, ports: [{ containerPort: pod.port }], resources: { limits: { 'nvidia.com/gpu': pod.gpus } } }];
  const cliques = names.map((roleName, index) => {
    const [replicas, less] = counts[index]!;
    const startsAfter = index > 0 ? { startsAfter: [names[index - 1]] } : {};
    return { name: roleName, ...pack(2), spec: { roleName, replicas, minAvailable: Math.max(1, replicas - less), podSpec: { containers }, ...startsAfter } };
  });
  const members = names.slice(0, grouped);
  return {
    apiVersion: 'grove.io/v1alpha1',
    kind: 'PodCliqueSet',
    metadata: { name: 'llm' },
    spec: {
      replicas: grouped,
      template: {
        cliques,
        cliqueStartupType: order,
        ...pack(0, { topologyName: 'dc' }),
        ...(members.length > 0 ? { podCliqueScalingGroups: [{ name: 'g', cliqueNames: members, replicas: 3, minAvailable: 2, ...pack(1) }] } : {}),
      },
    },
  } as unknown as PodCliqueSet;
});

/** Sets with something odd put in one place. */
export const spoilt = fc.tuple(set, fc.array(fc.nat(), { maxLength: 8 }), odd).map(([object, path, value]) => replaced(object, path, value) as PodCliqueSet);

/** The value with the place that the path leads to, taken round its keys, replaced. */
function replaced(value: unknown, [step, ...rest]: readonly number[], by: unknown): unknown {
  if (step === undefined || typeof value !== 'object' || value === null) return by;
  const keys = Object.keys(value);
  const key = keys[step % keys.length];
  if (key === undefined) return by;
  const copy = (Array.isArray(value) ? [...value] : { ...value }) as Record<string, unknown>;
  Object.defineProperty(copy, key, { value: replaced(copy[key], rest, by), enumerable: true, writable: true, configurable: true });
  return copy;
}

/** Sound sets with something odd put in one place of their template: most are refused, some not. */
export const nearlySound: fc.Arbitrary<PodCliqueSet> = fc.tuple(sound, fc.array(fc.nat(), { minLength: 3, maxLength: 12 }), odd).map(([object, path, value]) =>
  ({ ...object, spec: { ...object.spec, template: replaced(object.spec.template, path, value) } }) as PodCliqueSet);
