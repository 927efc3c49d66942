import { AdmissionConfig, ClusterTopologyBinding, PodCliqueSet, TopologyConstraint, admit, admitTopology } from '../../src/core';

/*
 * Every row of spec 02's tables, by section: the least change of a sound set that breaks it, and the errors, no more and no less. Rows that name several
 * fields have several errors; what is allowed stands there with none.
 */

type Template = PodCliqueSet['spec']['template'];
type Any = any;

const T = 'spec.template';
const container = { name: 'main', image: 'i' };
const clique = (name: string, spec: object = {}, extra: object = {}): Any =>
  ({ name, ...extra, spec: { roleName: name, replicas: 3, minAvailable: 2, podSpec: { containers: [container] }, ...spec } });
const pods = (podSpec: object) => ({ podSpec: { containers: [container], ...podSpec } });
const group = (extra: object = {}): Any => ({ name: 'g', cliqueNames: ['b'], replicas: 2, minAvailable: 1, ...extra });
const claims = (name: string, requests: object[] = [{ name: 'r' }]) => ({ name, templateSpec: { spec: { devices: { requests } } } });
const share = (name: string, extra: object = {}) => ({ name, scope: 'AllReplicas', ...extra });
const annotated = (group_: string) => ({ annotations: { 'grove.io/mnnvl-group': group_ } });
const pack = (required: string, extra: object = {}): TopologyConstraint => ({ pack: { required }, ...extra }) as TopologyConstraint;

/** A sound set, two cliques of which one may be in a group, with changes to its template, spec and metadata. */
const set = (template: Any = {}, spec: object = {}, metadata: object = {}): PodCliqueSet => ({
  apiVersion: 'grove.io/v1alpha1',
  kind: 'PodCliqueSet',
  metadata: { name: 'w', ...metadata },
  spec: { replicas: 1, template: { cliques: [clique('a'), clique('b')], ...template }, ...spec },
}) as PodCliqueSet;
const only = (spec: object, extra: object = {}) => ({ cliques: [clique('a', spec, extra)] });
const binding = (name: string): ClusterTopologyBinding => ({
  apiVersion: 'grove.io/v1alpha1', kind: 'ClusterTopologyBinding', metadata: { name }, spec: { levels: ['zone', 'rack', 'host'].map(domain => ({ domain, key: domain })) },
});
const topologies = [binding('dc'), binding('other')];
const explicit = (...cliques: Any[]) => ({ cliqueStartupType: 'CliqueStartupTypeExplicit', cliques });

const errorsOf = (object: PodCliqueSet, oldObject?: PodCliqueSet, config: Partial<AdmissionConfig> = {}) => {
  const { errors } = admit({ object, topologies, config, ...(oldObject ? { oldObject } : {}) });
  return errors.map(({ type, field }) => `${type} ${field}`).sort();
};

test('the set that the rules are broken on is sound, new and as an update', () => {
  expect(errorsOf(set({ podCliqueScalingGroups: [group()] }))).toEqual([]);
  expect(errorsOf(set(), set())).toEqual([]);
});

describe('§2 defaulting', () => {
  const bare = set({ cliques: [{ name: 'a', spec: { podSpec: { containers: [container] }, autoScalingConfig: { maxReplicas: 4 } } }], podCliqueScalingGroups: [{ name: 'g', cliqueNames: [], scaleConfig: { maxReplicas: 9 } }] });
  const { object: { metadata, spec } } = admit({ object: bare });
  const [{ spec: defaulted }] = spec.template.cliques as [Any];

  test.each<[string, unknown, unknown]>([
    ['D1 namespace', metadata.namespace, 'default'],
    ['D2 restartPolicy', defaulted.podSpec.restartPolicy, 'Always'],
    ['D3 terminationGracePeriodSeconds', defaulted.podSpec.terminationGracePeriodSeconds, 30],
    ['D4 replicas', defaulted.replicas, 1],
    ['D5 minAvailable, from replicas with their default', defaulted.minAvailable, 1],
    ['D6 minReplicas, from replicas with their default', defaulted.autoScalingConfig.minReplicas, 1],
    ['D7 minReplicas of a group', spec.template.podCliqueScalingGroups![0]!.scaleConfig!.minReplicas, 1],
    ['D8 terminationDelay', spec.template.terminationDelay, '4h0m0s'],
    ['D9 headlessServiceConfig', spec.template.headlessServiceConfig, { publishNotReadyAddresses: true }],
    ['schema: replicas of the set', admit({ object: set({}, { replicas: undefined }) }).object.spec.replicas, 0],
    ['schema: type of a strategy that is there', admit({ object: set({}, { updateStrategy: {} }) }).object.spec.updateStrategy, { type: 'RollingRecreate' }],
    ['schema: startup type', spec.template.cliqueStartupType, 'CliqueStartupTypeAnyOrder'],
    ['schema: counts of a group', [spec.template.podCliqueScalingGroups![0]!.replicas, spec.template.podCliqueScalingGroups![0]!.minAvailable], [1, 1]],
  ])('%s', (_rule, value, expected) => expect(value).toEqual(expected));
});

const startup = `${T}.cliques[0].spec.startsAfter`;
const scaling = `${T}.cliques[0].spec.autoScalingConfig`;
const G = `${T}.podCliqueScalingGroups`;

/** Broken by new sets and, unless it is for new ones only, by updates. */
const ON_BOTH: Readonly<Record<string, [PodCliqueSet, string[]]>> = {
  '§4.1 name': [set({}, {}, { name: 'W' }), ['Invalid metadata.name']],
  '§4.1 no name': [set({}, {}, { name: '' }), ['Required metadata.name']],
  '§4.1 replicas': [set({}, { replicas: -1 }), ['Invalid spec.replicas']],
  '§4.1 cliqueStartupType': [set({ cliqueStartupType: 'Sometime' }), [`Invalid ${T}.cliqueStartupType`]],
  '§4.1 terminationDelay': [set({ terminationDelay: '0s' }), [`Invalid ${T}.terminationDelay`]],
  '§4.2 template without a name': [set({ resourceClaimTemplates: [claims('')] }), [`Required ${T}.resourceClaimTemplates[0].name`]],
  '§4.2 template without requests': [set({ resourceClaimTemplates: [claims('c', [])] }), [`Required ${T}.resourceClaimTemplates[0].templateSpec.spec.devices.requests`]],
  '§4.2 templates of one name': [set({ resourceClaimTemplates: [claims('c'), claims('c')] }), [`Duplicate ${T}.resourceClaimTemplates.name`]],
  '§4.2 set: sharing without a name': [set({ resourceSharing: [share('')] }), [`Required ${T}.resourceSharing[0].name`]],
  '§4.2 set: shared twice': [set({ resourceSharing: [share('c'), share('d'), share('c')] }), [`Duplicate ${T}.resourceSharing[2].name`]],
  '§4.2 group: shared twice': [set({ podCliqueScalingGroups: [group({ resourceSharing: [share('c'), share('c')] })] }), [`Duplicate ${G}[0].resourceSharing[1].name`]],
  '§4.2 clique: shared twice': [set(only({}, { resourceSharing: [share('c'), share('c')] })), [`Duplicate ${T}.cliques[0].resourceSharing[1].name`]],
  '§4.2 namespace of an internal template': [
    set({ resourceClaimTemplates: [claims('c')], resourceSharing: [share('c', { namespace: 'x' })], ...only({}, { resourceSharing: [share('c', { namespace: 'x' })] }) }),
    [`Invalid ${T}.cliques[0].resourceSharing[0].namespace`, `Invalid ${T}.resourceSharing[0].namespace`],
  ],
  '§4.2 namespace of an external template': [set({ resourceSharing: [share('c', { namespace: 'x' })] }), []],
  '§4.2 set: empty filter': [set({ resourceSharing: [share('c', { filter: {} })] }), [`Required ${T}.resourceSharing[0].filter`]],
  '§4.2 set: empty lists in a filter': [set({ resourceSharing: [share('c', { filter: { childCliqueNames: [], childScalingGroupNames: [] } })] }), [`Required ${T}.resourceSharing[0].filter`]],
  '§4.2 set: unknown names in a filter': [
    set({ resourceSharing: [share('c', { filter: { childCliqueNames: ['a', 'x'], childScalingGroupNames: ['y'] } })] }),
    [`NotFound ${T}.resourceSharing[0].filter.childCliqueNames[1]`, `NotFound ${T}.resourceSharing[0].filter.childScalingGroupNames[0]`],
  ],
  '§4.2 set: a clique is no scaling group, and a group no clique': [
    set({ podCliqueScalingGroups: [group()], resourceSharing: [share('c', { filter: { childCliqueNames: ['b', 'g'], childScalingGroupNames: ['g', 'b'] } })] }),
    [`NotFound ${T}.resourceSharing[0].filter.childCliqueNames[1]`, `NotFound ${T}.resourceSharing[0].filter.childScalingGroupNames[1]`],
  ],
  '§4.2 group: empty filter': [set({ podCliqueScalingGroups: [group({ resourceSharing: [share('c', { filter: {} })] })] }), [`Required ${G}[0].resourceSharing[0].filter`]],
  '§4.2 group: filter with a clique of another': [
    set({ podCliqueScalingGroups: [group({ resourceSharing: [share('c', { filter: { childCliqueNames: ['a'] } })] })] }), [`NotFound ${G}[0].resourceSharing[0].filter.childCliqueNames[0]`],
  ],
  '§4.3 no clique': [set({ cliques: [] }), [`Required ${T}.cliques`]],
  '§4.3 clique without a name': [set({ cliques: [clique('')] }), [`Required ${T}.cliques[0].name`]],
  '§4.3 clique of a blank name': [set({ cliques: [clique(' ')] }), [`Required ${T}.cliques[0].name`]],
  '§4.3 clique name': [set({ cliques: [clique('A_')] }), [`Invalid ${T}.cliques[0].name`]],
  '§4.3 45 characters of a clique': [set({ cliques: [clique('a'.repeat(44))] }), []],
  '§4.3 46 characters of a clique': [set({ cliques: [clique('a'.repeat(45))] }), [`Invalid ${T}.cliques[0].name`, 'Invalid metadata.name']],
  '§4.3 46 characters of a clique in a group, whose own budget is smaller': [
    set({ cliques: [clique('a'.repeat(45))], podCliqueScalingGroups: [{ name: 'g', cliqueNames: ['a'.repeat(45)] }] }),
    [`Invalid ${G}[0].cliqueNames[0].name`, `Invalid ${G}[0].name`, 'Invalid metadata.name'],
  ],
  '§4.3 labels': [set(only({}, { labels: { 'a b': 'x' } })), [`Invalid ${T}.cliques[0].labels`]],
  '§4.3 annotations': [set(only({}, { annotations: { 'a b': 'x' } })), [`Invalid ${T}.cliques[0].annotations`]],
  '§4.3 cliques of one name': [set({ cliques: [clique('a'), clique('a', { roleName: 'r' })] }), [`Duplicate ${T}.cliques.name`]],
  '§4.3 cliques of one role': [set({ cliques: [clique('a', { roleName: 'r' }), clique('b', { roleName: 'r' })] }), [`Duplicate ${T}.cliques.roleName`]],
  '§4.3 cliques without roles': [set({ cliques: [clique('a', { roleName: '' }), clique('b', { roleName: undefined })] }), [`Duplicate ${T}.cliques.roleName`]],
  '§4.3 two schedulers': [
    set({ cliques: [clique('a', pods({ schedulerName: 'default-scheduler' })), clique('b')] }), [`Invalid ${T}.cliques.spec.podSpec.schedulerName`],
  ],
  '§4.3 the default scheduler, by its name and by none': [set({ cliques: [clique('a', pods({ schedulerName: 'grove-scheduler' })), clique('b', pods({ schedulerName: '' }))] }), []],
  '§4.3 unknown scheduler': [set(only(pods({ schedulerName: 'x' }))), ['Invalid spec', `Invalid ${T}.cliques.spec.podSpec.schedulerName`]],
  '§4.3 replicas': [set(only({ replicas: -1, minAvailable: 1 })), [`Invalid ${T}.cliques[0].spec.minAvailable`, `Invalid ${T}.cliques[0].spec.replicas`]],
  '§4.3 minAvailable of 0': [set(only({ minAvailable: 0 })), [`Invalid ${T}.cliques[0].spec.minAvailable`]],
  '§4.3 minAvailable above replicas': [set(only({ minAvailable: 4 })), [`Invalid ${T}.cliques[0].spec.minAvailable`]],
  '§4.3 minReplicas below minAvailable': [set(only({ autoScalingConfig: { minReplicas: 1, maxReplicas: 3 } })), [`Invalid ${scaling}.minReplicas`]],
  '§4.3 maxReplicas below replicas': [set(only({ autoScalingConfig: { minReplicas: 2, maxReplicas: 2 } })), [`Invalid ${scaling}.maxReplicas`]],
  '§4.3 maxReplicas below both': [set(only({ autoScalingConfig: { minReplicas: 3, maxReplicas: 2 } })), [`Invalid ${scaling}.maxReplicas`, `Invalid ${scaling}.maxReplicas`]],
  '§4.4 an empty name': [set(explicit(clique('a', { startsAfter: [''] }))), [`Invalid ${T}.cliques.startsAfter`, `Required ${startup}`]],
  '§4.4 a blank name': [set(explicit(clique('a', { startsAfter: [' '] }))), [`Invalid ${T}.cliques.startsAfter`, `Required ${startup}`]],
  '§4.4 itself': [set(explicit(clique('a', { startsAfter: ['a'] }))), [`Invalid ${startup}`]],
  '§4.4 the same twice': [set(explicit(clique('a', { startsAfter: ['b', 'b'] }), clique('b'))), [`Duplicate ${startup}`]],
  '§4.4 an unknown clique': [set(explicit(clique('a', { startsAfter: ['x'] }))), [`Invalid ${T}.cliques.startsAfter`]],
  '§4.4 a cycle of two': [set(explicit(clique('a', { startsAfter: ['b'] }), clique('b', { startsAfter: ['a'] }))), [`Invalid ${T}.cliques`]],
  '§4.4 a cycle of three behind a chain': [
    set(explicit(clique('a', { startsAfter: ['b'] }), clique('b', { startsAfter: ['c'] }), clique('c', { startsAfter: ['d'] }), clique('d', { startsAfter: ['b'] }))), [`Invalid ${T}.cliques`],
  ],
  '§4.4 two ways to the same clique are no cycle': [
    set(explicit(clique('a', { startsAfter: ['b', 'c'] }), clique('b', { startsAfter: ['d'] }), clique('c', { startsAfter: ['d'] }), clique('d'))), [],
  ],
  '§4.4 nothing is asked of other startup types': [set({ cliqueStartupType: 'CliqueStartupTypeInOrder', cliques: [clique('a', { startsAfter: ['a', 'x', 'x', ''] })] }), []],
  '§4.5 variable name': [set(only(pods({ containers: [{ ...container, env: [{ name: '1A' }] }] }))), [`Invalid ${T}.cliques[0].spec.podSpec.spec.containers[0].env[0].name`]],
  '§4.5 variable twice': [
    set(only(pods({ initContainers: [{ ...container, env: [{ name: 'A' }, { name: 'A' }] }] }))), [`Duplicate ${T}.cliques[0].spec.podSpec.spec.initContainers[0].env`],
  ],
  '§4.6 group name': [set({ podCliqueScalingGroups: [group({ name: 'G' })] }), [`Invalid ${G}[0].name`]],
  '§4.6 unknown cliques': [set({ podCliqueScalingGroups: [group({ cliqueNames: ['b', 'x', 'y'] })] }), [`Invalid ${G}[0].cliqueNames`]],
  '§4.6 45 characters': [set({ podCliqueScalingGroups: [group({ name: 'g'.repeat(43) })] }), []],
  '§4.6 46 characters': [set({ podCliqueScalingGroups: [group({ name: 'g'.repeat(44) })] }), [`Invalid ${G}[0].cliqueNames[0].name`, `Invalid ${G}[0].name`, 'Invalid metadata.name']],
  '§4.6 replicas': [set({ podCliqueScalingGroups: [group({ replicas: -1, minAvailable: 1 })] }), [`Invalid ${G}[0].minAvailable`, `Invalid ${G}[0].replicas`]],
  '§4.6 minAvailable of 0': [set({ podCliqueScalingGroups: [group({ minAvailable: 0 })] }), [`Invalid ${G}[0].minAvailable`]],
  '§4.6 minAvailable above replicas': [set({ podCliqueScalingGroups: [group({ minAvailable: 3 })] }), [`Invalid ${G}[0].minAvailable`]],
  '§4.6 minReplicas below minAvailable': [
    set({ podCliqueScalingGroups: [group({ minAvailable: 2, scaleConfig: { minReplicas: 1, maxReplicas: 2 } })] }), [`Invalid ${G}[0].scaleConfig.minReplicas`],
  ],
  '§4.6 maxReplicas, which upstream does not check': [set({ podCliqueScalingGroups: [group({ scaleConfig: { minReplicas: 1, maxReplicas: 1 } })] }), [`Invalid ${G}[0].scaleConfig.maxReplicas`]],
  '§4.6 groups of one name': [set({ podCliqueScalingGroups: [group(), group({ cliqueNames: ['a'] })] }), [`Duplicate ${G}.name`]],
  '§4.6 a clique in two groups': [set({ podCliqueScalingGroups: [group(), group({ name: 'h' })] }), [`Duplicate ${G}.cliqueNames`]],
  '§4.6 a clique twice in a group': [set({ podCliqueScalingGroups: [group({ cliqueNames: ['b', 'b'] })] }), [`Duplicate ${G}.cliqueNames`]],
  '§4.6 a member that scales by itself': [
    set({ cliques: [clique('a'), clique('b', { autoScalingConfig: { maxReplicas: 4 } })], podCliqueScalingGroups: [group()] }), [`Invalid ${G}`],
  ],
};

describe('§4 structure, created and updated', () => {
  test.each(Object.entries(ON_BOTH))('%s', (_rule, [object, errors]) => {
    expect(errorsOf(object)).toEqual([...errors].sort());
    // What may not change is asked only of a set that is sound: the errors are the same, whatever was there before.
    if (errors.length > 0) expect(errorsOf(object, set())).toEqual([...errors].sort());
  });

  test.each<[string, object, string]>([
    ['topologySpreadConstraints', { topologySpreadConstraints: [{ maxSkew: 1, topologyKey: 'x', whenUnsatisfiable: 'DoNotSchedule' }] }, 'topologySpreadConstraints'],
    ['nodeName', { nodeName: 'n' }, 'nodeName'],
  ])('§4.5 %s, of new sets only', (_rule, podSpec, field) => {
    expect(errorsOf(set(only(pods(podSpec))))).toEqual([`Invalid ${T}.cliques[0].spec.podSpec.spec.${field}`]);
    expect(errorsOf(set(only(pods(podSpec))), set(only({})))).toEqual([]);
  });
});

const named = (required: string) => pack(required, { topologyName: 'dc' });
const constrained = (whole?: TopologyConstraint, ofGroup?: TopologyConstraint, ofClique?: TopologyConstraint): Any => ({
  ...(whole ? { topologyConstraint: whole } : {}),
  cliques: [clique('a'), clique('b', {}, ofClique ? { topologyConstraint: ofClique } : {})],
  podCliqueScalingGroups: [group(ofGroup ? { topologyConstraint: ofGroup } : {})],
});
const [S, OF_GROUP, OF_CLIQUE] = [`${T}.topologyConstraint`, `${G}[0].topologyConstraint`, `${T}.cliques[1].topologyConstraint`];
const preferred = (domain: string, extra: object = {}) => ({ pack: { preferred: domain }, ...extra }) as TopologyConstraint;

describe('§5 topology, of new sets', () => {
  test.each<[string, Template, string[]]>([
    ['a name is missing on the set', constrained(pack('rack')), [`Required ${S}.topologyName`]],
    ['the group has none to inherit', constrained(undefined, pack('rack')), [`Required ${OF_GROUP}.topologyName`]],
    ['the group inherits from the set', constrained(named('zone'), pack('rack')), []],
    ['the clique inherits from its group', constrained(undefined, named('rack'), pack('host')), []],
    ['the clique inherits from the set past a group without a constraint', constrained(named('zone'), undefined, pack('host')), []],
    ['another name than the set has', constrained(named('zone'), pack('rack', { topologyName: 'other' })), [`Invalid ${OF_GROUP}.topologyName`]],
    ['two names, of which neither encloses the other', {
      ...constrained(),
      cliques: [clique('a', {}, { topologyConstraint: named('rack') }),
        clique('b', {}, { topologyConstraint: pack('rack', { topologyName: 'other' }) })],
    }, [`Invalid ${T}.cliques[0].topologyConstraint.topologyName`, `Invalid ${OF_CLIQUE}.topologyName`]],
    ['no such binding', constrained(pack('rack', { topologyName: 'nope' })), [`Invalid ${S}.topologyName`]],
    ['no such domain, required', constrained(named('shelf')), [`Invalid ${S}.pack.required`]],
    ['no such domain, preferred', constrained(undefined, undefined, preferred('shelf', { topologyName: 'dc' })), [`Invalid ${OF_CLIQUE}.pack.preferred`]],
    ['domains are judged before their order', constrained(named('host'), pack('shelf')), [`Invalid ${OF_GROUP}.pack.required`]],
    ['the set is narrower than its group', constrained(named('host'), pack('rack')), [`Invalid ${S}`]],
    ['the set is narrower than its clique', constrained(named('host'), undefined, pack('zone')), [`Invalid ${S}`]],
    ['the group is narrower than its clique', constrained(undefined, named('host'), pack('rack')), [`Invalid ${OF_GROUP}`]],
    ['the set prefers narrower than its group', constrained(preferred('host', { topologyName: 'dc' }), preferred('rack')), [`Invalid ${S}.pack.preferred`]],
    ['equal is allowed', constrained(named('rack'), pack('rack'), pack('rack')), []],
    ['required is not compared with preferred', constrained(named('host'), preferred('zone')), []],
    ['a constraint without pack', constrained({ topologyName: 'dc' } as TopologyConstraint), [`Required ${S}.pack`]],
    ['an empty pack', constrained({ topologyName: 'dc', pack: {} } as TopologyConstraint), [`Required ${S}.pack`]],
    ['the deprecated spelling', constrained({ topologyName: 'dc', packDomain: 'rack' }), [`Forbidden ${S}.packDomain`]],
    ['the deprecated spelling in a clique', constrained(named('zone'), undefined, { packDomain: 'rack' }), [`Forbidden ${T}.cliques`]],
    ['the deprecated spelling in a group', constrained(named('zone'), { packDomain: 'rack' }), [`Forbidden ${G}`]],
  ])('%s', (_rule, template, errors) => expect(errorsOf(set(template))).toEqual([...errors].sort()));

  test('nothing is allowed where topologies are off', () => {
    expect(errorsOf(set(constrained(named('zone'), pack('rack'), pack('host'))), undefined, { topologyAwareScheduling: false })).toEqual([`Invalid ${OF_CLIQUE}`, `Invalid ${OF_GROUP}`, `Invalid ${S}`].sort());
  });

  test('a preference coarser than the requirement is warned of', () => {
    const { warnings } = admit({ object: set(constrained({ topologyName: 'dc', pack: { required: 'rack', preferred: 'zone' } })), topologies });
    expect(warnings).toEqual([`${S}.pack.preferred is coarser than ${S}.pack.required and is redundant`]);
  });
});

describe('§6 updates', () => {
  const ordered = (cliqueStartupType: string, ...names: string[]) => set({ cliqueStartupType, cliques: names.map(name => clique(name)) });
  const inGroup = (extra: object = {}) => set({ podCliqueScalingGroups: [group(extra)] });
  const shared = { resourceSharing: [share('c')] };

  test.each<[string, PodCliqueSet, PodCliqueSet, string[]]>([
    ['a clique is added', set(), set({ cliques: [clique('a'), clique('b'), clique('c')] }), [`Forbidden ${T}.cliques`, `Forbidden ${T}.cliques.name`]],
    ['a clique is removed', set(), set({ cliques: [clique('a')] }), [`Forbidden ${T}.cliques`]],
    ['a clique is renamed', set(), set({ cliques: [clique('a'), clique('c')] }), [`Forbidden ${T}.cliques.name`]],
    ['the order changes, and nobody cares', ordered('CliqueStartupTypeAnyOrder', 'a', 'b'), ordered('CliqueStartupTypeAnyOrder', 'b', 'a'), []],
    ['the order changes, InOrder', ordered('CliqueStartupTypeInOrder', 'a', 'b'), ordered('CliqueStartupTypeInOrder', 'b', 'a'), [`Invalid ${T}.cliques`, `Invalid ${T}.cliques`]],
    ['the order changes, Explicit', ordered('CliqueStartupTypeExplicit', 'a', 'b'), ordered('CliqueStartupTypeExplicit', 'b', 'a'), [`Invalid ${T}.cliques`, `Invalid ${T}.cliques`]],
    ['roleName', set(only({})), set(only({ roleName: 'x' })), [`Invalid ${T}.cliques.spec.roleName`]],
    ['minAvailable', set(only({})), set(only({ minAvailable: 1 })), [`Invalid ${T}.cliques.spec.minAvailable`]],
    ['minAvailable, by way of replicas', set(only({ minAvailable: undefined })), set(only({ minAvailable: undefined, replicas: 4 })), [`Invalid ${T}.cliques.spec.minAvailable`]],
    ['startsAfter', set(only({})), set(only({ startsAfter: ['x'] })), [`Invalid ${T}.cliques.spec.startsAfter`]],
    ['schedulerName', set(only({})), set(only(pods({ schedulerName: 'grove-scheduler' }))), [`Invalid ${T}.cliques.spec.podSpec.schedulerName`]],
    ['resourceSharing of a clique', set(only({})), set(only({}, shared)), [`Invalid ${T}.cliques[0].resourceSharing`]],
    ['cliqueStartupType', set(), ordered('CliqueStartupTypeInOrder', 'a', 'b'), [`Invalid ${T}.cliqueStartupType`]],
    ['a group is added, and other groups are not judged', inGroup(), set({ podCliqueScalingGroups: [group({ minAvailable: 2 }), { name: 'h', cliqueNames: ['a'] }] }), [`Forbidden ${G}`]],
    ['a group is removed', inGroup(), set(), [`Forbidden ${G}`]],
    ['a group is renamed', inGroup(), inGroup({ name: 'h' }), [`Forbidden ${G}.name`]],
    ['members of a group', inGroup(), inGroup({ cliqueNames: ['a', 'b'] }), [`Invalid ${G}.cliqueNames`]],
    ['minAvailable of a group', inGroup(), inGroup({ minAvailable: 2 }), [`Invalid ${G}.minAvailable`]],
    ['resourceSharing of a group', inGroup(), inGroup(shared), [`Invalid ${G}.resourceSharing`]],
    ['the order of groups', set({ podCliqueScalingGroups: [group(), group({ name: 'h', cliqueNames: ['a'] })] }), set({ podCliqueScalingGroups: [group({ name: 'h', cliqueNames: ['a'] }), group()] }), []],
    ['resourceClaimTemplates', set(), set({ resourceClaimTemplates: [claims('c')] }), [`Invalid ${T}.resourceClaimTemplates`]],
    ['resourceSharing', set(), set(shared), [`Invalid ${T}.resourceSharing`]],
    ['what may change: images, replicas, the delay, the priority, the strategy, the service', set(only({})), set({
      ...only({ replicas: 9, ...pods({ containers: [{ name: 'main', image: 'j' }] }) }), terminationDelay: '1h', priorityClassName: 'p', headlessServiceConfig: { publishNotReadyAddresses: false },
    }, { replicas: 7, updateStrategy: { type: 'OnDelete' } }), []],
    ['topologyName', set(constrained(named('rack'))), set(constrained(pack('rack', { topologyName: 'other' }))), [`Forbidden ${S}.topologyName`]],
    ['a constraint is added to the set', set(constrained()), set(constrained(named('rack'))), [`Forbidden ${S}.topologyName`]],
    ['a constraint is added to a group', set(constrained(named('zone'))), set(constrained(named('zone'), pack('rack'))), [`Forbidden ${OF_GROUP}`]],
    ['a constraint is removed from a clique', set(constrained(named('zone'), undefined, pack('rack'))), set(constrained(named('zone'))), [`Forbidden ${OF_CLIQUE}`]],
    ['required changes', set(constrained(named('zone'))), set(constrained(named('rack'))), [`Forbidden ${S}`]],
    ['preferred changes', set(constrained(preferred('zone', { topologyName: 'dc' }))), set(constrained(preferred('rack', { topologyName: 'dc' }))), [`Forbidden ${S}`]],
    ['a domain that is gone meanwhile', set(constrained(named('shelf'))), set(constrained(named('shelf')), { replicas: 2 }), []],
    ['migration', set(constrained({ topologyName: 'dc', packDomain: 'rack' })), set(constrained(named('rack'))), []],
    ['migration, with another domain', set(constrained({ topologyName: 'dc', packDomain: 'rack' })), set(constrained(named('host'))), [`Forbidden ${S}`]],
    ['migration, with a preference', set(constrained({ topologyName: 'dc', packDomain: 'rack' })), set(constrained({ topologyName: 'dc', pack: { required: 'rack', preferred: 'host' } })), [`Forbidden ${S}`]],
    ['migration, with another name', set(constrained({ topologyName: 'dc', packDomain: 'rack' })), set(constrained(pack('rack', { topologyName: 'other' }))), [`Forbidden ${S}.topologyName`]],
    ['migration backwards', set(constrained(named('rack'))), set(constrained({ topologyName: 'dc', packDomain: 'rack' })), [`Forbidden ${S}`]],
    ['repair: a name is given', set(constrained({ packDomain: 'rack' })), set(constrained({ packDomain: 'rack', topologyName: 'dc' })), []],
    ['repair in a group', set(constrained(undefined, { packDomain: 'rack' })), set(constrained(undefined, { packDomain: 'rack', topologyName: 'dc' })), []],
    ['repair: the name of none', set(constrained({ packDomain: 'rack' })), set(constrained({ packDomain: 'rack', topologyName: 'nope' })), [`Invalid ${S}.topologyName`]],
    ['repair: a domain of none', set(constrained({ packDomain: 'shelf' })), set(constrained({ packDomain: 'shelf', topologyName: 'dc' })), [`Invalid ${S}.packDomain`]],
    ['repair: an order that cannot be', set(constrained({ packDomain: 'host' }, { packDomain: 'rack' })), set(constrained({ packDomain: 'host', topologyName: 'dc' }, { packDomain: 'rack' })), [`Invalid ${S}`]],
  ])('%s', (_rule, old, object, errors) => expect(errorsOf(object, old)).toEqual([...errors].sort()));

  test('the deprecated spelling is warned of on every update', () => {
    const old = set(constrained({ topologyName: 'dc', packDomain: 'rack' }));
    expect(admit({ object: set(old.spec.template, { replicas: 2 }), oldObject: old, topologies }).warnings).toEqual([`${S}.packDomain is deprecated; use ${S}.pack.required instead`]);
  });
});

describe('§7 MNNVL groups, in three layers', () => {
  const layers: Readonly<Record<string, [(text?: string) => PodCliqueSet, string]>> = {
    set: [text => set({ podCliqueScalingGroups: [group()] }, {}, text === undefined ? {} : annotated(text)), 'metadata'],
    clique: [text => set({ cliques: [clique('a', {}, text === undefined ? {} : annotated(text)), clique('b')] }), `${T}.cliques[0]`],
    group: [text => set({ podCliqueScalingGroups: [group(text === undefined ? {} : annotated(text))] }), `${G}[0]`],
  };

  test.each(Object.entries(layers))('%s', (_layer, [of, path]) => {
    const field = `${path}.annotations.grove.io/mnnvl-group`;
    expect([errorsOf(of('train')), errorsOf(of('none')), errorsOf(of('')), errorsOf(of('No Label')), errorsOf(of('a.b')), errorsOf(of('a'.repeat(64)))])
      .toEqual([[], [], [`Invalid ${field}`], [`Invalid ${field}`], [`Invalid ${field}`], [`Invalid ${field}`]]);
    expect([errorsOf(of('train'), undefined, { autoMnnvl: false }), errorsOf(of('none'), undefined, { autoMnnvl: false })]).toEqual([[`Invalid ${field}`], []]);
    expect([errorsOf(of('train'), of()), errorsOf(of(), of('train')), errorsOf(of('rest'), of('train')), errorsOf(of('train'), of('train'))])
      .toEqual([[`Forbidden ${field}`], [`Forbidden ${field}`], [`Invalid ${field}`], []]);
    expect([errorsOf(of('none'), of()), errorsOf(of('Bad one'), of('Bad one'))]).toEqual([[`Forbidden ${field}`], []]);
  });
});

describe('§9 ClusterTopologyBinding', () => {
  const levels = [{ domain: 'zone', key: 'z' }, { domain: 'rack', key: 'r' }];
  const bound = (...schedulers: string[]) => ({ levels, schedulerTopologyBindings: schedulers.map(schedulerName => ({ schedulerName, topologyReference: 't' })) });
  const B = 'spec.schedulerTopologyReferences';

  test.each<[string, object, string[]]>([
    ['sound', { levels }, []],
    ['two of a domain', { levels: [...levels, { domain: 'zone', key: 'x' }] }, ['Duplicate spec.levels[2].domain']],
    ['two of a key', { levels: [...levels, { domain: 'host', key: 'z' }] }, ['Duplicate spec.levels[2].key']],
    ['KAI', bound('kai-scheduler'), []],
    ['a scheduler twice', bound('kai-scheduler', 'kai-scheduler'), [`Duplicate ${B}[1].schedulerName`]],
    ['a scheduler that is not enabled', bound('nobody'), [`Invalid ${B}[0].schedulerName`]],
    ['one that knows no topology', bound('volcano'), [`Invalid ${B}[0].schedulerName`]],
  ])('%s', (_rule, spec, errors) => {
    const object = { apiVersion: 'grove.io/v1alpha1', kind: 'ClusterTopologyBinding', metadata: { name: 'dc' }, spec } as unknown as ClusterTopologyBinding;
    expect(admitTopology({ object, config: { schedulers: ['kai-scheduler', 'volcano'] } }).errors.map(({ type, field }) => `${type} ${field}`)).toEqual(errors);
  });
});
