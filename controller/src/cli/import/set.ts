import { PodCliqueScalingGroupConfig, PodCliqueSet, PodCliqueTemplate, RollingUpdateConfiguration, topologyNameOf, withDefaults } from 'cdk8s-grove/core';
import { importClaims } from './claims';
import { seconds } from './parts';
import { podProps } from './pods';
import { Patch, Topology, authored, autoscaling, nvlinkDomain, packing } from './scopes';
import { Expression, Source, literal } from './source';

const GROVE = 'cdk8s-grove';
const TEMPLATE = '/spec/template';

export interface SetImport {
  readonly source: Source;
  /** Where to say what is not in the program. */
  readonly notes: string[];
  readonly set: PodCliqueSet;
  /** The construct's id. */
  readonly id: string;
}

/** What the statements of one set share. */
export interface SetContext {
  readonly source: Source;
  readonly set: PodCliqueSet;
  readonly variable: string;
  readonly topology: Topology | undefined;
  readonly patches: Patch[];
  /** Fields of pods that are spelt otherwise than in the manifest. */
  readonly writtenOut: Set<string>;
  /** Variables of the cliques and groups that other statements refer to, by `clique NAME` and `group NAME`. */
  readonly variables: ReadonlyMap<string, string>;
}

/** Writes the statements that make one set. */
export function importSet({ source, notes, set: given, id }: SetImport): void {
  const set = withDefaults(given);
  const { cliques, podCliqueScalingGroups: groups = [], cliqueStartupType } = set.spec.template;
  const topology = importedTopology(source, set);
  const variable = source.variable(set.metadata.name ?? 'set');
  const context: SetContext = { source, set, variable, topology, patches: [], writtenOut: new Set(), variables: variablesOf(source, set) };
  source.add(`const ${variable} = new ${source.use(GROVE, 'PodCliqueSet')}(chart, ${literal(id)}, ${literal(setProps(context, given, id))});`);
  cliques.forEach((clique, index) => source.add(addition(context, 'clique', clique.name, 'addClique', cliqueProps(context, clique, index))));
  groups.forEach((group, index) => source.add(addition(context, 'group', group.name, 'addScalingGroup', groupProps(context, group, index))));
  if (cliqueStartupType === 'CliqueStartupTypeExplicit') cliques.forEach(clique => source.add(...startsAfter(context, clique)));
  else notes.push(...cliques.filter(({ spec }) => spec.startsAfter?.length).map(({ name }) => `${set.metadata.name}: startsAfter of ${name} is left out: it means nothing without CliqueStartupTypeExplicit`));
  importClaims(context);
  notes.push(...migrations(set));
  if (context.writtenOut.size > 0) {
    notes.push(`${set.metadata.name}: ${[...context.writtenOut].join(', ')} say the same in other words, which makes a running set replace its pods; compare with grove diff`);
  }
  const patches = context.patches.map(([path, value]) => {
    const word = source.use('cdk8s', 'JsonPatch');
    return value === undefined ? `${word}.remove(${literal(path)})` : `${word}.add(${literal(path)}, ${literal(value, 2)})`;
  });
  if (patches.length > 0) source.add(`${variable}.addJsonPatch(\n${patches.map(patch => `  ${patch},\n`).join('')});`);
}

function importedTopology(source: Source, set: PodCliqueSet): Topology | undefined {
  source.add('');
  const name = topologyNameOf(set);
  if (name === undefined) return undefined;
  const variable = source.variable(`${name}Topology`);
  source.add(`const ${variable} = ${source.use(GROVE, 'ClusterTopology')}.fromName(${literal(name)});`);
  return { name, variable };
}

function setProps({ source, topology, patches }: SetContext, given: PodCliqueSet, id: string): object {
  const { metadata, spec: { updateStrategy, template } } = withDefaults(given);
  const { namespace, labels, annotations } = given.metadata;
  const meta = { name: metadata.name === id ? undefined : metadata.name, namespace, labels, annotations: authored(annotations) };
  const { cliqueStartupType: startup, cliques, priorityClassName } = template;
  const isImplied = startup === 'CliqueStartupTypeAnyOrder' || (startup === 'CliqueStartupTypeExplicit' && cliques.some(({ spec }) => spec.startsAfter?.length));
  const { replicas } = given.spec;
  return {
    metadata: Object.values(meta).some(value => value !== undefined) ? meta : undefined,
    replicas: replicas === 1 ? undefined : replicas,
    replicasOwner: replicas === undefined ? new Expression(`${source.use(GROVE, 'ReplicasOwner')}.AUTOSCALER`) : undefined,
    startupOrder: isImplied ? undefined : new Expression(`${source.use(GROVE, 'StartupOrder')}.${startup === 'CliqueStartupTypeInOrder' ? 'IN_ORDER' : 'EXPLICIT'}`),
    packing: packing(source, template.topologyConstraint, topology, `${TEMPLATE}/topologyConstraint`, patches),
    nvlinkDomain: nvlinkDomain(source, annotations),
    priorityClassName: priorityClassName || undefined,
    terminationDelay: delay(source, template.terminationDelay, patches),
    publishNotReadyAddresses: template.headlessServiceConfig?.publishNotReadyAddresses === false ? false : undefined,
    updateStrategy: updateStrategy?.type
      && new Expression(`${source.use(GROVE, 'UpdateStrategy')}.${updateStrategy.type === 'OnDelete' ? 'ON_DELETE' : 'ROLLING_RECREATE'}`),
  };
}

/** The delay, unless it is the default of four hours. */
function delay(source: Source, text: string | undefined, patches: Patch[]): Expression | undefined {
  if (text === undefined) return undefined;
  const total = wholeSeconds(text);
  if (total === undefined) patches.push([`${TEMPLATE}/terminationDelay`, text]);
  return total === undefined || total === 4 * 3600 ? undefined : seconds({ source }, total);
}

function rollingUpdate(source: Source, config: RollingUpdateConfiguration | undefined, path: string, patches: Patch[]): object | undefined {
  if (!config) return undefined;
  const { maxUnavailable, progressDeadline } = config;
  const total = progressDeadline === undefined ? undefined : wholeSeconds(progressDeadline);
  if (progressDeadline !== undefined && total === undefined) patches.push([`${path}/progressDeadline`, progressDeadline]);
  return { maxUnavailable, progressDeadline: total === undefined ? undefined : seconds({ source }, total) };
}

/** A duration in seconds, if it has no fractions of them. */
function wholeSeconds(text: string): number | undefined {
  const [, hours, minutes, rest] = /^(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?$/.exec(text)?.map(part => Number(part ?? 0)) ?? [];
  return hours === undefined ? undefined : hours * 3600 + (minutes ?? 0) * 60 + (rest ?? 0);
}

function cliqueProps({ source, topology, patches, writtenOut }: SetContext, clique: PodCliqueTemplate, index: number): object {
  const { name, labels, annotations, topologyConstraint, spec } = clique;
  const path = `${TEMPLATE}/cliques/${index}`;
  return {
    roleName: spec.roleName === name ? undefined : spec.roleName,
    replicas: spec.replicas === 1 ? undefined : spec.replicas,
    minAvailable: spec.minAvailable === spec.replicas ? undefined : spec.minAvailable,
    packing: packing(source, topologyConstraint, topology, `${path}/topologyConstraint`, patches),
    nvlinkDomain: nvlinkDomain(source, annotations),
    autoscaling: autoscaling(source, spec.autoScalingConfig, `${path}/spec/autoScalingConfig`, patches),
    labels,
    annotations: authored(annotations),
    rollingUpdate: rollingUpdate(source, clique.rollingUpdate, `${path}/rollingUpdate`, patches),
    ...podProps({ source, writtenOut }, spec.podSpec),
  };
}

function groupProps({ source, topology, patches, variables }: SetContext, group: PodCliqueScalingGroupConfig, index: number): object {
  const path = `${TEMPLATE}/podCliqueScalingGroups/${index}`;
  return {
    cliques: group.cliqueNames.map(name => new Expression(variables.get(`clique ${name}`) ?? name)),
    replicas: group.replicas === 1 ? undefined : group.replicas,
    minAvailable: group.minAvailable === 1 ? undefined : group.minAvailable,
    packing: packing(source, group.topologyConstraint, topology, `${path}/topologyConstraint`, patches),
    nvlinkDomain: nvlinkDomain(source, group.annotations),
    autoscaling: autoscaling(source, group.scaleConfig, `${path}/scaleConfig`, patches),
    rollingUpdate: rollingUpdate(source, group.rollingUpdate, `${path}/rollingUpdate`, patches),
    annotations: authored(group.annotations),
  };
}

function addition({ variable, variables }: SetContext, kind: 'clique' | 'group', name: string, method: string, props: object): string {
  const own = variables.get(`${kind} ${name}`);
  return `${own === undefined ? '' : `const ${own} = `}${variable}.${method}(${literal(name)}, ${literal(props)});`;
}

function startsAfter({ variables }: SetContext, { name, spec }: PodCliqueTemplate): string[] {
  if (!spec.startsAfter?.length) return [];
  return [`${variables.get(`clique ${name}`)}.startAfter(${spec.startsAfter.map(parent => variables.get(`clique ${parent}`)).join(', ')});`];
}

/** What is referred to gets a variable: members of groups, who waits or is waited for, who shares claims. */
function variablesOf(source: Source, { spec: { template } }: PodCliqueSet): ReadonlyMap<string, string> {
  const { cliques, podCliqueScalingGroups: groups = [], resourceSharing = [] } = template;
  const cliqueNames = new Set([
    ...groups.flatMap(group => [...group.cliqueNames, ...(group.resourceSharing ?? []).flatMap(({ filter }) => filter?.childCliqueNames ?? [])]),
    ...cliques.flatMap(({ name, spec }) => (spec.startsAfter?.length ? [name, ...spec.startsAfter] : [])),
    ...cliques.flatMap(({ name, resourceSharing: own }) => (own?.length ? [name] : [])),
    ...resourceSharing.flatMap(({ filter }) => filter?.childCliqueNames ?? []),
  ]);
  const groupNames = new Set([
    ...groups.flatMap(({ name, resourceSharing: own }) => (own?.length ? [name] : [])),
    ...resourceSharing.flatMap(({ filter }) => filter?.childScalingGroupNames ?? []),
  ]);
  return new Map([
    ...cliques.filter(({ name }) => cliqueNames.has(name)).map(({ name }) => [`clique ${name}`, source.variable(name)] as const),
    ...groups.filter(({ name }) => groupNames.has(name)).map(({ name }) => [`group ${name}`, source.variable(`${name}-group`)] as const),
  ]);
}

function migrations({ metadata, spec: { template } }: PodCliqueSet): string[] {
  const scopes = [template, ...template.cliques, ...template.podCliqueScalingGroups ?? []];
  return scopes.some(({ topologyConstraint }) => topologyConstraint?.packDomain)
    ? [`${metadata.name}: packDomain has become pack.required, which means the same and may be applied to the running set`] : [];
}
