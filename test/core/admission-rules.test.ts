import { AdmissionConfig, AdmissionRequest, ClusterTopologyBinding, PodCliqueSet, TopologyConstraint, admit, admitTopology, expand } from '../../src/core';

/* Rules that the recorded verdicts do not reach, case by case: spec 02 §4.1, §4.7, §5, §6, §7, §9. */

type Template = PodCliqueSet['spec']['template'];
type Clique = Template['cliques'][number];

const clique = (name: string, extra: Partial<Clique> = {}, podSpec: object = {}): Clique =>
  ({ name, spec: { roleName: name, replicas: 2, minAvailable: 1, podSpec: { containers: [{ name: 'main' }], ...podSpec } }, ...extra });
const set = (template: Partial<Template> = {}, metadata: PodCliqueSet['metadata'] = { name: 'w' }): PodCliqueSet =>
  ({ apiVersion: 'grove.io/v1alpha1', kind: 'PodCliqueSet', metadata, spec: { replicas: 1, template: { cliques: [clique('a'), clique('b')], ...template } } });
const told = (request: AdmissionRequest) => admit(request).errors.map(({ type, field }) => `${type} ${field}`);
const binding = (name: string, ...domains: string[]): ClusterTopologyBinding =>
  ({ apiVersion: 'grove.io/v1alpha1', kind: 'ClusterTopologyBinding', metadata: { name }, spec: { levels: domains.map(domain => ({ domain, key: domain })) } });

const claimTemplate = (extra: object) => ({ name: 'own', templateSpec: { ...extra, spec: { devices: { requests: [{ name: 'r' }] } } } });

const T = 'spec.template';

describe('metadata', () => {
  test.each<[string, PodCliqueSet['metadata'], string[]]>([
    ['no name', {}, ['Required metadata.name']],
    ['a name to be generated', { generateName: 'w-' }, []],
    ['a generated name that cannot be', { generateName: 'W_' }, ['Invalid metadata.generateName']],
    ['a generated name that begins with a whole part', { generateName: 'w.' }, ['Invalid metadata.generateName']],
    ['a generated name that will be too long', { generateName: 'w'.repeat(40) }, [`Invalid ${T}.cliques[0].name`, 'Invalid metadata.name', `Invalid ${T}.cliques[1].name`, 'Invalid metadata.name']],
    ['a namespace with a dot', { name: 'w', namespace: 'a.b' }, ['Invalid metadata.namespace']],
    ['labels', { name: 'w', labels: { 'a b': 'x', 'ok': 'no good' } }, ['Invalid metadata.labels', 'Invalid metadata.labels']],
    ['an annotation key with capitals in its prefix', { name: 'w', annotations: { 'Example.COM/x': 'y' } }, []],
    ['a bad annotation key', { name: 'w', annotations: { 'a b': 'x' } }, ['Invalid metadata.annotations']],
    ['as many annotations as there may be', { name: 'w', annotations: { a: 'x'.repeat(256 * 1024 - 1) } }, []],
    ['too many annotations', { name: 'w', annotations: { a: 'x'.repeat(256 * 1024) } }, ['Invalid metadata.annotations']],
    ['too many annotations, in bytes', { name: 'w', annotations: { a: 'é€😀'.repeat(Math.ceil(256 * 1024 / 9)) } }, ['Invalid metadata.annotations']],
    ['an owner without uid', { name: 'w', ownerReferences: [{ apiVersion: 'v1', kind: 'X', name: 'x', uid: '' }] }, ['Invalid metadata.ownerReferences.uid']],
    ['two controllers', { name: 'w', ownerReferences: ['x', 'y'].map(name => ({ apiVersion: 'v1', kind: 'X', name, uid: name, controller: true })) }, ['Invalid metadata.ownerReferences']],
    ['two ways to be deleted', { name: 'w', finalizers: ['orphan', 'foregroundDeletion'] }, ['Invalid metadata.finalizers']],
  ])('%s', (_what, metadata, errors) => {
    expect(told({ object: set({}, metadata) })).toEqual(errors);
  });
});

describe('the scheduler', () => {
  const schedulers = ['default-scheduler', 'kai-scheduler', 'volcano', 'lpx-scheduler'];
  const scheduled = (schedulerName: string, cliques: Partial<Clique>[], metadata: object = {}, template: Partial<Template> = {}) => ({
    object: set({ cliques: cliques.map((extra, index) => clique(`c${index}`, extra, { schedulerName })), ...template }, { name: 'w', ...metadata }),
    config: { schedulers, defaultScheduler: 'default-scheduler' },
  });
  const kai = (queue: string) => ({ 'kai.scheduler/queue': queue });
  const volcano = (queue: string) => ({ 'scheduling.grove.io/volcano-queue': queue });
  const constrained = { topologyConstraint: { topologyName: 'dc', pack: { required: 'rack' } } };

  test.each<[string, ReturnType<typeof scheduled>, string[]]>([
    ['KAI without a queue', scheduled('kai-scheduler', [{}, {}]), ['Invalid spec']],
    ['KAI with the set\'s queue', scheduled('kai-scheduler', [{}, {}], { labels: kai('q') }), []],
    ['KAI with a queue in an annotation', scheduled('kai-scheduler', [{}, {}], { annotations: kai('q') }), []],
    ['KAI: a label wins over an annotation', scheduled('kai-scheduler', [{ labels: kai('q') }], { labels: kai('q'), annotations: kai('other') }), []],
    ['KAI with one clique\'s queue', scheduled('kai-scheduler', [{}, { annotations: kai('q') }]), []],
    ['KAI with two queues', scheduled('kai-scheduler', [{ labels: kai('p') }, { annotations: kai('q') }]), ['Invalid spec']],
    ['KAI with a clique that differs from its set', scheduled('kai-scheduler', [{ labels: kai('p') }], { labels: kai('q') }), ['Invalid spec']],
    ['Volcano', scheduled('volcano', [{}, {}]), []],
    ['Volcano with constraints', scheduled('volcano', [{}], {}, constrained), ['Invalid spec']],
    ['Volcano with one queue', scheduled('volcano', [{ annotations: volcano('q') }, {}], { annotations: volcano('q') }), []],
    ['Volcano with a clique in a queue of its own', scheduled('volcano', [{ annotations: volcano('q') }, {}]), ['Invalid spec']],
    ['Volcano with a queue that cannot be', scheduled('volcano', [{}], { annotations: volcano('No Queue') }), ['Invalid spec']],
    ['LPX with constraints', scheduled('lpx-scheduler', [{ ...constrained }]), ['Invalid spec']],
    ['LPX without', scheduled('lpx-scheduler', [{}]), []],
    ['one that is not enabled', scheduled('other', [{}]), [`Invalid ${T}.cliques.spec.podSpec.schedulerName`, 'Invalid spec']],
  ])('%s', (_what, request, errors) => {
    expect(told(request)).toEqual(errors);
  });

  test('the default counts where none is named', () => {
    const config = { schedulers, defaultScheduler: 'kai-scheduler' };
    expect(told({ object: set(), config })).toEqual(['Invalid spec']);
    expect(told({ object: set({ cliques: [clique('a'), clique('b', {}, { schedulerName: 'kai-scheduler' })] }, { name: 'w', labels: kai('q') }), config })).toEqual([]);
  });
});

describe('topology constraints of a new set', () => {
  const topologies = [binding('dc', 'zone', 'rack', 'host'), binding('flat', 'rack')];
  const required = (domain: string, topologyName?: string): { topologyConstraint: TopologyConstraint } =>
    ({ topologyConstraint: { pack: { required: domain }, ...(topologyName ? { topologyName } : {}) } });
  const preferred = (domain: string, topologyName?: string) =>
    ({ topologyConstraint: { ...required(domain, topologyName).topologyConstraint, pack: { preferred: domain } } });
  const group = (extra: object, ...cliqueNames: string[]) => ({ podCliqueScalingGroups: [{ name: 'g', cliqueNames, ...extra }] });

  test.each<[string, Partial<Template>, string[]]>([
    ['a clique inherits from its group before the set', { ...required('zone', 'dc'), cliques: [clique('a', required('host'))], ...group(required('rack'), 'a') }, []],
    ['a group contradicts its set', { ...required('rack', 'dc'), ...group(required('rack', 'flat'), 'a') }, [`Invalid ${T}.podCliqueScalingGroups[0].topologyConstraint.topologyName`]],
    ['cliques that nothing encloses contradict one another', { cliques: [clique('a', required('rack', 'dc')), clique('b', required('rack', 'flat'))] },
      [`Invalid ${T}.cliques[0].topologyConstraint.topologyName`, `Invalid ${T}.cliques[1].topologyConstraint.topologyName`]],
    ['a clique cannot inherit from a group that it is not in', { cliques: [clique('a', required('rack', 'dc')), clique('b', required('rack'))], ...group(required('rack', 'dc'), 'a') },
      [`Required ${T}.cliques[1].topologyConstraint.topologyName`]],
    ['a topology that is missing is told of where the set\'s would be named', { cliques: [clique('a', required('rack', 'nope'))] }, [`Invalid ${T}.topologyConstraint.topologyName`]],
    ['names come before domains', { ...required('nowhere'), cliques: [clique('a', required('nowhere', 'dc'))] }, [`Required ${T}.topologyConstraint.topologyName`]],
    ['domains come before their order', { ...required('host', 'dc'), cliques: [clique('a', required('rack')), clique('b', required('nowhere'))] },
      [`Invalid ${T}.cliques[1].topologyConstraint.pack.required`]],
    ['a clique may not be broader than its group', { cliques: [clique('a', required('zone'))], ...group(required('rack', 'dc'), 'a') }, [`Invalid ${T}.podCliqueScalingGroups[0].topologyConstraint`]],
    ['nor than its set, whatever its group says', { ...required('rack', 'dc'), cliques: [clique('a', required('zone'))], ...group({}, 'a') }, [`Invalid ${T}.topologyConstraint`]],
    ['preferences are compared with preferences', { ...preferred('host', 'dc'), ...group(preferred('rack'), 'a') }, [`Invalid ${T}.topologyConstraint.pack.preferred`]],
    ['and not with requirements', { ...preferred('host', 'dc'), ...group(required('rack'), 'a') }, []],
  ])('%s', (_what, template, errors) => {
    expect(told({ object: set(template), topologies })).toEqual(errors);
  });

  test('offline only names are judged: nothing is looked up and nothing invented', () => {
    expect(told({ object: set({ ...required('nowhere', 'nope') }) })).toEqual([]);
    expect(told({ object: set({ ...required('host', 'dc'), ...group(required('zone'), 'a') }) })).toEqual([]);
    expect(told({ object: set({ ...required('rack') }) })).toEqual([`Required ${T}.topologyConstraint.topologyName`]);
    expect(told({ object: set({ ...required('rack', 'dc') }), topologies: [] })).toEqual([`Invalid ${T}.topologyConstraint.topologyName`]);
  });

  test('the deprecated spelling is for existing sets only', () => {
    const object = set({ cliques: [clique('a', { topologyConstraint: { topologyName: 'dc', packDomain: 'rack' } })], ...group({ topologyConstraint: { topologyName: 'dc', packDomain: 'rack' } }, 'a') });
    expect(told({ object, topologies })).toEqual([`Forbidden ${T}.podCliqueScalingGroups`, `Forbidden ${T}.cliques`]);
    expect(admit({ object, oldObject: { ...object } })).toMatchObject({
      allowed: true,
      warnings: [
        `${T}.podCliqueScalingGroups[0].topologyConstraint.packDomain is deprecated; use ${T}.podCliqueScalingGroups[0].topologyConstraint.pack.required instead`,
        `${T}.cliques[0].topologyConstraint.packDomain is deprecated; use ${T}.cliques[0].topologyConstraint.pack.required instead`,
      ],
    });
  });

  test('a preference that the requirement implies is warned of', () => {
    const object = set({ cliques: [clique('a', { topologyConstraint: { topologyName: 'dc', pack: { required: 'host', preferred: 'rack' } } })] });
    const path = `${T}.cliques[0].topologyConstraint.pack`;
    expect(admit({ object, topologies }).warnings).toEqual([`${path}.preferred is coarser than ${path}.required and is redundant`]);
    expect(admit({ object }).warnings).toEqual([]);
  });
});

describe('updates', () => {
  const dc = (pack: object, rest: object = {}) => ({ topologyConstraint: { topologyName: 'dc', pack, ...rest } as TopologyConstraint });
  const legacy = (packDomain: string, topologyName?: string) => ({ topologyConstraint: { packDomain, ...(topologyName ? { topologyName } : {}) } });
  const group = (extra: object = {}) => ({ podCliqueScalingGroups: [{ name: 'g', cliqueNames: ['a'], ...extra }] });
  const topologies = [binding('dc', 'zone', 'rack', 'host')];

  test.each<[string, Partial<Template>, Partial<Template>, string[]]>([
    ['nothing', {}, {}, []],
    ['a new group\'s floor', group(), group({ replicas: 2, minAvailable: 2 }), [`Invalid ${T}.podCliqueScalingGroups.minAvailable`]],
    ['the floor by default is the floor', group(), group({ minAvailable: 1 }), []],
    ['a group\'s members', group(), group({ cliqueNames: ['b'] }), [`Invalid ${T}.podCliqueScalingGroups.cliqueNames`]],
    ['a group\'s sharing', group(), group({ resourceSharing: [{ name: 'x', scope: 'PerReplica' }] }), [`Invalid ${T}.podCliqueScalingGroups.resourceSharing`]],
    ['an empty list where there was none', {}, { resourceSharing: [], resourceClaimTemplates: [] }, []],
    ['an empty text and an empty list in what may not change', group({ resourceSharing: [{ name: 'x', scope: 'PerReplica' }] }),
      group({ resourceSharing: [{ name: 'x', scope: 'PerReplica', namespace: '' }] }), []],
    ['a namespace in what may not change', { resourceSharing: [{ name: 'x', scope: 'PerReplica' }] }, { resourceSharing: [{ name: 'x', scope: 'PerReplica', namespace: 'y' }] },
      [`Invalid ${T}.resourceSharing`]],
    ['what Go writes of nothing in a claim template', { resourceClaimTemplates: [claimTemplate({})] }, { resourceClaimTemplates: [claimTemplate({ metadata: { creationTimestamp: null, labels: {} } })] }, []],
    ['a label in a claim template', { resourceClaimTemplates: [claimTemplate({})] }, { resourceClaimTemplates: [claimTemplate({ metadata: { labels: { a: 'b' } } })] }, [`Invalid ${T}.resourceClaimTemplates`]],
    ['a clique that moves among cliques in order', { cliqueStartupType: 'CliqueStartupTypeInOrder' }, { cliqueStartupType: 'CliqueStartupTypeInOrder', cliques: [clique('b'), clique('a')] }, [`Invalid ${T}.cliques`, `Invalid ${T}.cliques`]],
    ['a clique that moves among others', {}, { cliques: [clique('b'), clique('a')] }, []],
    ['a scheduler that is written out', {}, { cliques: ['a', 'b'].map(name => clique(name, {}, { schedulerName: 'grove-scheduler' })) },
      [`Invalid ${T}.cliques.spec.podSpec.schedulerName`, `Invalid ${T}.cliques.spec.podSpec.schedulerName`]],
    ['a constraint on a group', group(), group(dc({ required: 'rack' })), [`Forbidden ${T}.podCliqueScalingGroups[0].topologyConstraint`]],
    ['a constraint taken from a group', group(dc({ required: 'rack' })), group(), [`Forbidden ${T}.podCliqueScalingGroups[0].topologyConstraint`]],
    ['the name of a clique\'s topology', { cliques: [clique('a', dc({ required: 'rack' }))] }, { cliques: [clique('a', dc({ required: 'rack' }, { topologyName: 'x' }))] }, [`Forbidden ${T}.cliques[0].topologyConstraint`]],
    ['a preference', dc({ required: 'rack' }), dc({ required: 'rack', preferred: 'host' }), [`Forbidden ${T}.topologyConstraint`]],
    ['from packDomain to pack.required', legacy('rack', 'dc'), dc({ required: 'rack' }), []],
    ['from packDomain to another domain', legacy('rack', 'dc'), dc({ required: 'host' }), [`Forbidden ${T}.topologyConstraint`]],
    ['from packDomain to pack.required and a preference', legacy('rack', 'dc'), dc({ required: 'rack', preferred: 'host' }), [`Forbidden ${T}.topologyConstraint`]],
    ['back to packDomain', dc({ required: 'rack' }), legacy('rack', 'dc'), [`Forbidden ${T}.topologyConstraint`]],
    ['a name where there was none', legacy('rack'), legacy('rack', 'dc'), []],
    ['a name and another domain', legacy('rack'), legacy('host', 'dc'), [`Forbidden ${T}.topologyConstraint.topologyName`]],
    ['a name whose topology lacks the domain', legacy('numa'), legacy('numa', 'dc'), [`Invalid ${T}.topologyConstraint.packDomain`]],
    ['a name that makes the order wrong', { ...legacy('host'), cliques: [clique('a', legacy('rack'))] }, { ...legacy('host', 'dc'), cliques: [clique('a', legacy('rack'))] }, [`Invalid ${T}.topologyConstraint`]],
    ['still no name', legacy('rack'), legacy('rack'), [`Required ${T}.topologyConstraint.topologyName`]],
    ['what new sets may not have', {}, { cliques: ['a', 'b'].map(name => clique(name, {}, { nodeName: 'n' })) }, []],
    ['and what none may have, in place of what may not change', group(), { ...group(), cliqueStartupType: 'CliqueStartupTypeInOrder', cliques: [clique('a'), clique('a')] },
      [`Duplicate ${T}.cliques.name`, `Duplicate ${T}.cliques.roleName`]],
  ])('%s', (_what, before, after, errors) => {
    const complete = (template: Partial<Template>) => set({ ...template, cliques: [...template.cliques ?? [clique('a')], ...(template.cliques?.length === 2 ? [] : [clique('b')])] });
    expect(told({ oldObject: complete(before), object: complete(after), topologies })).toEqual(errors);
  });

  test('a named legacy constraint where topologies are off', () => {
    const request = { oldObject: set(legacy('rack')), object: set(legacy('rack', 'dc')), config: { topologyAwareScheduling: false } };
    expect(told(request)).toEqual([`Invalid ${T}.topologyConstraint`]);
  });

  test('a set that runs with a nameless constraint goes on: it is compared with itself', () => {
    const object = set(legacy('rack'));
    expect(told({ oldObject: object, object, topologies })).toEqual([]);
  });

  test('a stored set that cannot be read is told of', () => {
    const oldObject = { ...set(), spec: { template: {} } } as PodCliqueSet;
    expect(told({ object: set(), oldObject })).toEqual([`InternalError ${T}.cliques`]);
  });
});

describe('null', () => {
  const nothing = {
    podCliqueScalingGroups: null,
    resourceSharing: null,
    resourceClaimTemplates: null,
    topologyConstraint: null,
    priorityClassName: null,
    terminationDelay: null,
    headlessServiceConfig: null,
    cliqueStartupType: null,
    cliques: [clique('a', { labels: null } as object, { nodeSelector: null, restartPolicy: null })],
  } as object;

  test('counts as absent in fields, as on the server', () => {
    const object = set(nothing, { name: 'w', labels: null, finalizers: null } as object);
    expect(admit({ object })).toMatchObject({ allowed: true, object: admit({ object: set({ cliques: [clique('a')] }) }).object });
    expect(JSON.stringify(admit({ object }).object)).not.toContain('null');
    expect(told({ object: set({ cliques: [clique('a')] }), oldObject: object })).toEqual([]);
    expect(expand(object)).toEqual(expand(set({ cliques: [clique('a')] })));
  });

  test('is a mistake where something is needed, in lists and in maps', () => {
    expect(told({ object: set({ cliques: null } as object) })).toEqual([`Required ${T}.cliques`]);
    expect(told({ object: set({ cliques: [null] } as object) })).toEqual([`Invalid ${T}.cliques[0]`]);
    expect(told({ object: set({ cliques: [clique('a', {}, { nodeSelector: { pool: null } })] }) })).toEqual([`Invalid ${T}.cliques[0].spec.podSpec.nodeSelector.pool`]);
  });

  test('counts as absent in a ClusterTopologyBinding', () => {
    const object = binding('dc', 'rack');
    const spec = { ...object.spec, schedulerTopologyBindings: null };
    expect(admitTopology({ object: { ...object, spec } as unknown as ClusterTopologyBinding })).toMatchObject({ allowed: true, object });
  });
});

describe('MNNVL groups', () => {
  const group = (name: string) => ({ annotations: { 'grove.io/mnnvl-group': name } });
  const key = 'annotations.grove.io/mnnvl-group';
  const at = (ofSet?: string, ofClique?: string, ofGroup?: string) => set({
    cliques: [clique('a', ofClique === undefined ? {} : group(ofClique))],
    podCliqueScalingGroups: [{ name: 'g', cliqueNames: ['a'], ...(ofGroup === undefined ? {} : group(ofGroup)) }],
  }, { name: 'w', ...(ofSet === undefined ? {} : group(ofSet)) });

  test.each<[string, PodCliqueSet, Partial<AdmissionConfig>, string[]]>([
    ['on every layer', at('main', 'none', 'train'), {}, []],
    ['bad on every layer', at('', 'No', 'a.b'), {}, [`Invalid metadata.${key}`, `Invalid ${T}.cliques[0].${key}`, `Invalid ${T}.podCliqueScalingGroups[0].${key}`]],
    ['where MNNVL is off', at('main', 'none', 'train'), { autoMnnvl: false }, [`Invalid metadata.${key}`, `Invalid ${T}.podCliqueScalingGroups[0].${key}`]],
  ])('%s', (_what, object, config, errors) => {
    expect(told({ object, config })).toEqual(errors);
  });

  test.each<[string, PodCliqueSet, PodCliqueSet, string[]]>([
    ['added on a clique and a group', at('main'), at('main', 'none', 'x'), [`Forbidden ${T}.cliques[0].${key}`, `Forbidden ${T}.podCliqueScalingGroups[0].${key}`]],
    ['removed from a group', at(undefined, undefined, 'x'), at(), [`Forbidden ${T}.podCliqueScalingGroups[0].${key}`]],
    ['changed', at('main', 'a'), at('main', 'b'), [`Invalid ${T}.cliques[0].${key}`]],
  ])('%s', (_what, oldObject, object, errors) => {
    expect(told({ oldObject, object })).toEqual(errors);
  });

  test('cliques are found again by name', () => {
    const cliques = [clique('a', group('x')), clique('b')];
    expect(told({ oldObject: set({ cliques }), object: set({ cliques: [...cliques].reverse() }) })).toEqual([]);
  });
});

describe('resource sharing', () => {
  test('a group\'s filter is about its cliques alone', () => {
    const filter = { childScalingGroupNames: ['g'] } as object;
    const template = { podCliqueScalingGroups: [{ name: 'g', cliqueNames: ['a'], resourceSharing: [{ name: 'x', scope: 'PerReplica' as const, filter }] }] };
    expect(told({ object: set(template) })).toEqual([`Required ${T}.podCliqueScalingGroups[0].resourceSharing[0].filter`]);
  });

  test('an external template may have a namespace, an internal one not, at every layer', () => {
    const sharing = (name: string) => [{ name, namespace: 'other', scope: 'AllReplicas' as const }];
    const template = (name: string): Partial<Template> => ({
      resourceClaimTemplates: [{ name: 'own', templateSpec: { spec: { devices: { requests: [{ name: 'r' }] } } } }],
      resourceSharing: sharing(name),
      cliques: [clique('a', { resourceSharing: sharing(name) })],
      podCliqueScalingGroups: [{ name: 'g', cliqueNames: ['a'], resourceSharing: sharing(name) }],
    });
    expect(told({ object: set(template('foreign')) })).toEqual([]);
    expect(told({ object: set(template('own')) })).toEqual(['', '.cliques[0]', '.podCliqueScalingGroups[0]'].map(layer => `Invalid ${T}${layer}.resourceSharing[0].namespace`));
  });
});

test('restartPolicies that end pods are warned of', () => {
  expect(admit({ object: set({ cliques: [clique('a', {}, { restartPolicy: 'Never' }), clique('b')] }) })).toMatchObject({
    allowed: true, warnings: [expect.stringContaining(`${T}.cliques[0].spec.podSpec.restartPolicy is Never`)],
  });
});

describe('terminationDelay', () => {
  test.each([['4h', true], ['1h30m', true], ['.5s', true], ['1μs', true], ['1µs', true], ['+5m', true], ['0', false], ['-0', false], ['0h', false], ['-4h', false], ['0.1ns', false], ['3000000h', false], ['4', false], ['4 h', false], ['soon', false]])('%s: %s', (terminationDelay, allowed) => {
    expect(admit({ object: set({ terminationDelay }) }).allowed).toBe(allowed);
  });
});

describe('rollingUpdate', () => {
  const rolled = (rollingUpdate: object, updateStrategy?: object): PodCliqueSet => {
    const base = set({
      cliques: [{ ...clique('alone'), rollingUpdate }, clique('member')],
      podCliqueScalingGroups: [{ name: 'group', cliqueNames: ['member'], rollingUpdate }],
    });
    return { ...base, spec: { ...base.spec, ...(updateStrategy ? { updateStrategy } : {}) } } as PodCliqueSet;
  };
  const PLACES = ['spec.template.cliques[0].rollingUpdate', 'spec.template.podCliqueScalingGroups[0].rollingUpdate'];

  test.each<[object, string]>([
    [{}, ''], [{ maxUnavailable: 1 }, ''], [{ maxUnavailable: 9, progressDeadline: '30m' }, ''],
    [{ maxUnavailable: 0 }, '.maxUnavailable'], [{ maxUnavailable: -1 }, '.maxUnavailable'],
    [{ progressDeadline: '0s' }, '.progressDeadline'], [{ progressDeadline: 'soon' }, '.progressDeadline'],
  ])('%j', (rollingUpdate, field) => {
    const { errors } = admit({ object: rolled(rollingUpdate) });
    expect(errors.map(error => `${error.type} ${error.field}`)).toEqual(field === '' ? [] : PLACES.map(place => `Invalid ${place}${field}`));
  });

  test('is not for cliques of scaling groups', () => {
    const object = set({ cliques: [{ ...clique('member'), rollingUpdate: {} }], podCliqueScalingGroups: [{ name: 'group', cliqueNames: ['member'] }] });
    expect(admit({ object }).errors.map(({ type, field }) => `${type} ${field}`)).toEqual(['Forbidden spec.template.cliques[0].rollingUpdate']);
  });

  test('is not for OnDelete', () => {
    const { errors } = admit({ object: rolled({ maxUnavailable: 1 }, { type: 'OnDelete' }) });
    expect(errors.map(({ type, field }) => `${type} ${field}`)).toEqual(PLACES.map(place => `Forbidden ${place}`));
  });
});

describe('ClusterTopologyBinding', () => {
  const config = { schedulers: ['default-scheduler', 'kai-scheduler'] };
  const bound = (...names: string[]): ClusterTopologyBinding => {
    const object = binding('dc', 'zone', 'rack');
    return { ...object, spec: { ...object.spec, schedulerTopologyBindings: names.map(schedulerName => ({ schedulerName, topologyReference: 'x' })) } };
  };
  const path = 'spec.schedulerTopologyReferences';

  test.each<[string, unknown, string[]]>([
    ['a good one', bound('kai-scheduler'), []],
    ['a repeated domain and key', binding('dc', 'rack', 'rack'), ['Duplicate spec.levels[1].domain', 'Duplicate spec.levels[1].key']],
    ['a scheduler bound twice', bound('kai-scheduler', 'kai-scheduler'), [`Duplicate ${path}[1].schedulerName`]],
    ['a scheduler that is not enabled', bound('volcano'), [`Invalid ${path}[0].schedulerName`]],
    ['a scheduler that does not know topologies', bound('default-scheduler'), [`Invalid ${path}[0].schedulerName`]],
    ['no levels', { ...binding('dc'), spec: {} }, ['Required spec.levels']],
    ['an empty list of levels', binding('dc'), ['Invalid spec.levels']],
    ['a domain and a key that cannot be', { ...binding('dc'), spec: { levels: [{ domain: 'Rack', key: '-' }] } }, ['Invalid spec.levels[0].domain', 'Invalid spec.levels[0].key']],
    ['a name that cannot be', { ...binding('Dc', 'rack') }, ['Invalid metadata.name']],
    ['nothing at all', null, ['Invalid ']],
  ])('%s', (_what, object, errors) => {
    const verdict = admitTopology({ object: object as ClusterTopologyBinding, config });
    expect(verdict.errors.map(({ type, field }) => `${type} ${field}`)).toEqual(errors);
    expect(verdict.allowed).toBe(errors.length === 0);
  });
});
