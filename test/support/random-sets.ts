import fc from 'fast-check';
import { PodCliqueSet } from '../../src/core';

/** Names that are also on JavaScript's own objects, beside some that say nothing. */
const ODD_KEYS = ['__proto__', 'constructor', 'toString', 'hasOwnProperty', 'length', '', 'a.b', 'a[0]', 'name', 'spec', 'items'];
export const json = fc.jsonValue({ maxDepth: 4 });
const QUANTITIES_AND_DURATIONS = ['1', '1.', '.5', '+1', '-1', '1Ki', '1KI', '1e3', '1E400', '0x1', '1.5h', '+5m', '1h1', '9999999h', '2562047h', '1µs', '1 h', '1d'];
const NUMBERS = [0, -1, 1.5, 2 ** 31, 2 ** 53, 2 ** 63, 1e300, NaN];
const odd = fc.oneof(
  json,
  fc.constantFrom<unknown>(...QUANTITIES_AND_DURATIONS, ...NUMBERS, null, undefined, '', [], {}, true, '\u{1F600}'),
  fc.dictionary(fc.constantFrom(...ODD_KEYS), json),
);

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

/** Something of most kinds that a pod spec has: quantities, numbers or texts, lists of keys and of values, times. */
const RICH_POD = {
  initContainers: [{ name: 'init', image: 'init:1', restartPolicy: 'Always', env: [{ name: 'A', valueFrom: { secretKeyRef: { name: 's', key: 'k' } } }] }],
  volumes: [
    { name: 'v', emptyDir: { medium: 'Memory', sizeLimit: '1Gi' } },
    { name: 'p', projected: { sources: [{ downwardAPI: { items: [{ path: 'a', fieldRef: { fieldPath: 'metadata.name' } }] } }] } },
    { name: 'e', ephemeral: { volumeClaimTemplate: { spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: 1024 } } } } } },
  ],
  tolerations: [{ key: 'gpu', operator: 'Exists', tolerationSeconds: 30 }],
  affinity: { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [{ matchExpressions: [{ key: 'a', operator: 'In', values: ['b'] }] }] } } },
  resourceClaims: [{ name: 'c', resourceClaimTemplateName: 'c' }],
  overhead: { cpu: '0.5', memory: 1024 },
  nodeSelector: { a: 'b' },
  terminationGracePeriodSeconds: 60,
  securityContext: { runAsUser: 1000, sysctls: [{ name: 'a', value: 'b' }] },
  hostAliases: [{ ip: '10.0.0.1', hostnames: ['a'] }],
  readinessGates: [{ conditionType: 'x' }],
  later: { unknown: [1, 'a', null] },
};

const PROBES = {
  readinessProbe: { httpGet: { port: 'http' }, periodSeconds: 5 },
  livenessProbe: { grpc: { port: 9000 } },
  volumeMounts: [{ name: 'v', mountPath: '/v' }],
};

/** Sets that nobody can have anything against. */
export const sound: fc.Arbitrary<PodCliqueSet> = fc.record({
  names: fc.uniqueArray(fc.constantFrom('router', 'prefill', 'decode', 'cache', 'expert'), { minLength: 1 }),
  counts: fc.array(fc.tuple(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 0, max: 8 })), { minLength: 5, maxLength: 5 }),
  grouped: fc.nat({ max: 5 }),
  order: fc.constantFrom('CliqueStartupTypeAnyOrder', 'CliqueStartupTypeInOrder', 'CliqueStartupTypeExplicit'),
  packing: optional(fc.constantFrom(['zone', 'rack', 'host'], ['zone', 'zone', 'rack'], ['rack', 'rack', 'rack'])),
  pod: fc.record({ image: fc.constantFrom('server:1', 'server:2'), port: fc.integer({ min: 1, max: 65_535 }), gpus: fc.nat({ max: 8 }), spec: optional(fc.constant(RICH_POD)) }),
  more: fc.record({
    updateStrategy: fc.constantFrom({}, { type: 'OnDelete' }, { type: 'RollingRecreate' }),
    template: fc.record({
      terminationDelay: fc.constantFrom('4h', '4h0m0s', '90s', '1.5h', '300ms'),
      priorityClassName: fc.constant('high'),
      headlessServiceConfig: fc.constantFrom({}, { publishNotReadyAddresses: false }),
    }, { requiredKeys: [] }),
    sharing: fc.boolean(),
  }, { requiredKeys: [] }),
}).map(({ names, counts, grouped, order, packing, pod, more: { sharing: isShared = false, template = {}, ...others } }) => {
  const [first] = names;
  const claims = isShared ? {
    resourceClaimTemplates: [{ name: 'gpu', templateSpec: { spec: { devices: { requests: [{ name: 'r', exactly: { deviceClassName: 'gpu', tolerations: [{ key: 'k' }] } }] } } } }],
    resourceSharing: [{ name: 'gpu', scope: 'PerReplica', filter: { childCliqueNames: [first] } }, { name: 'other', namespace: 'shared', scope: 'AllReplicas' }],
  } : {};
  const pack = (level: number, named: object = {}) => (packing ? { topologyConstraint: { ...named, pack: { required: packing[level] } } } : {});
  const containers = [{
    name: 'main',
    image: pod.image,
    ports: [{ containerPort: pod.port }],
    resources: { limits: { 'nvidia.com/gpu': pod.gpus } },
    ...(pod.spec ? PROBES : {}),
  }];
  const cliques = names.map((roleName, index) => {
    const [replicas, less] = counts[index]!;
    const startsAfter = index > 0 ? { startsAfter: [names[index - 1]] } : {};
    const pods = { ...pod.spec, containers };
    return { name: roleName, ...pack(2), spec: { roleName, replicas, minAvailable: Math.max(1, replicas - less), podSpec: pods, ...startsAfter } };
  });
  const members = names.slice(0, grouped);
  return {
    apiVersion: 'grove.io/v1alpha1',
    kind: 'PodCliqueSet',
    metadata: { name: 'llm' },
    spec: {
      replicas: grouped,
      ...others,
      template: {
        cliques,
        ...template,
        ...claims,
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

const pathInTemplate = fc.array(fc.nat(), { minLength: 3, maxLength: 12 });

/** Sound sets with something odd put in one place of their template: most are refused, some not. */
export const nearlySound: fc.Arbitrary<PodCliqueSet> = fc.tuple(sound, pathInTemplate, odd).map(([object, path, value]) =>
  ({ ...object, spec: { ...object.spec, template: replaced(object.spec.template, path, value) } }) as PodCliqueSet);

/** A set and what is to take its place: one from before `packDomain` was deprecated, maybe, with something changed in the template. */
export const oldAndNew: fc.Arbitrary<readonly [PodCliqueSet, PodCliqueSet]> =
  fc.tuple(sound, fc.boolean(), fc.boolean(), pathInTemplate, optional(odd)).map(([object, isOld, isMigrated, path, value]) => {
    const old = isOld ? withPackDomain(object) as PodCliqueSet : object;
    const next = isMigrated ? object : old;
    const template = value === undefined ? next.spec.template : replaced(next.spec.template, path, value);
    return [old, JSON.parse(JSON.stringify({ ...next, spec: { ...next.spec, template } })) as PodCliqueSet];
  });

/** The value with every required domain in its deprecated spelling. */
function withPackDomain(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withPackDomain);
  if (typeof value !== 'object' || value === null) return value;
  const { pack, ...others } = value as { pack?: { required?: string } };
  const rest = Object.fromEntries(Object.entries(others).map(([key, part]) => [key, withPackDomain(part)]));
  return pack?.required === undefined ? { ...rest, ...(pack ? { pack } : {}) } : { ...rest, packDomain: pack.required };
}
