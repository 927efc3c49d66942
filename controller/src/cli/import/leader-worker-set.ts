import { EnvVar, KubeObject, PodCliqueSet, PodSpec, RollingUpdateConfiguration } from 'cdk8s-grove/core';

/** The parts of a LeaderWorkerSet (leaderworkerset.x-k8s.io/v1) that have a counterpart. */
interface LeaderWorkerSet {
  readonly metadata: KubeObject['metadata'];
  readonly spec: {
    readonly replicas?: number;
    readonly startupPolicy?: string;
    readonly rolloutStrategy?: {
      readonly type?: string;
      readonly rollingUpdateConfiguration?: { readonly maxUnavailable?: unknown; readonly [field: string]: unknown };
    };
    readonly leaderWorkerTemplate: {
      readonly size?: number;
      readonly leaderTemplate?: PodTemplate;
      readonly workerTemplate: PodTemplate;
      readonly [field: string]: unknown;
    };
    readonly [field: string]: unknown;
  };
}

interface PodTemplate {
  readonly metadata?: { readonly labels?: Readonly<Record<string, string>>; readonly annotations?: Readonly<Record<string, string>> };
  readonly spec: PodSpec;
}

export interface Conversion {
  readonly set: PodCliqueSet;
  /** Fields that have no counterpart, or another meaning, each with what to do. */
  readonly notes: readonly string[];
}

/** Why a field is not carried over. What is not here and has no counterpart is reported as left out. */
const LOST: Readonly<Record<string, string>> = {
  'spec.rolloutStrategy': 'of it, Grove has a maxUnavailable that is a number; there is no maxSurge, percentage or partition',
  'spec.networkConfig': 'all pods of a set share one subdomain; use the names that Grove gives them',
  'spec.leaderWorkerTemplate.restartPolicy': 'Grove restarts containers in place and recreates a whole copy only after the terminationDelay',
  'spec.leaderWorkerTemplate.subGroupPolicy': 'make each sub-group a clique or a scaling group of its own',
  'spec.leaderWorkerTemplate.volumeClaimTemplates': 'pods of Grove have no claims of their own; use ephemeral volumes or one shared claim',
};
const EXCLUSIVE_TOPOLOGY = 'leaderworkerset.sigs.k8s.io/exclusive-topology';
const KNOWN = ['replicas', 'startupPolicy', 'leaderWorkerTemplate'];
const KNOWN_TEMPLATE = ['size', 'leaderTemplate', 'workerTemplate'];

export function isLeaderWorkerSet(object: KubeObject): boolean {
  return object.kind === 'LeaderWorkerSet' && object.apiVersion.startsWith('leaderworkerset.x-k8s.io/');
}

/** A set with one scaling group, whose copies are the groups of the LeaderWorkerSet: a leader, and workers where there are more pods than one. */
export function convertLeaderWorkerSet(object: KubeObject): Conversion {
  const { metadata, spec } = object as unknown as LeaderWorkerSet;
  const { size = 1, workerTemplate, leaderTemplate = workerTemplate } = spec.leaderWorkerTemplate;
  const isLeaderFirst = spec.startupPolicy === 'LeaderReady' && size > 1;
  const cliques = [
    clique('leader', 1, leaderTemplate, [{ name: 'LWS_WORKER_INDEX', value: '0' }]),
    ...(size > 1 ? [clique('worker', size - 1, workerTemplate, [])] : []),
  ];
  const { annotations: { [EXCLUSIVE_TOPOLOGY]: topologyKey, ...annotations } = {} } = metadata;
  const set: PodCliqueSet = {
    apiVersion: 'grove.io/v1alpha1',
    kind: 'PodCliqueSet',
    metadata: {
      ...(metadata.name === undefined ? {} : { name: metadata.name }),
      ...(metadata.namespace === undefined ? {} : { namespace: metadata.namespace }),
      ...(metadata.labels === undefined ? {} : { labels: metadata.labels }),
      ...(Object.keys(annotations).length > 0 ? { annotations } : {}),
    },
    spec: {
      replicas: 1,
      template: {
        ...(isLeaderFirst ? { cliqueStartupType: 'CliqueStartupTypeExplicit' } : {}),
        cliques: cliques.map(one => (one.name === 'worker' && isLeaderFirst ? { ...one, spec: { ...one.spec, startsAfter: ['leader'] } } : one)),
        podCliqueScalingGroups: [{ name: 'group', cliqueNames: cliques.map(({ name }) => name), replicas: spec.replicas ?? 1, minAvailable: 1, ...pace(spec) }],
      },
    },
  };
  return { set, notes: notesOn(object as unknown as LeaderWorkerSet, topologyKey, size).map(note => `LeaderWorkerSet ${metadata.name}: ${note}`) };
}

/** Groups that an update may take down at a time. */
function pace({ rolloutStrategy }: LeaderWorkerSet['spec']): { readonly rollingUpdate?: RollingUpdateConfiguration } {
  const maxUnavailable = rolloutStrategy?.rollingUpdateConfiguration?.maxUnavailable;
  return Number.isInteger(maxUnavailable) && Number(maxUnavailable) > 0 ? { rollingUpdate: { maxUnavailable: Number(maxUnavailable) } } : {};
}

/** The variables that LeaderWorkerSet puts into every container, in terms of Grove's. */
const ENVIRONMENT: readonly EnvVar[] = [
  { name: 'LWS_LEADER_ADDRESS', value: '$(GROVE_PCSG_NAME)-$(GROVE_PCSG_INDEX)-leader-0.$(GROVE_HEADLESS_SERVICE)' },
  { name: 'LWS_GROUP_SIZE', value: '$(GROVE_PCSG_TEMPLATE_NUM_PODS)' },
];

function clique(name: string, replicas: number, { metadata = {}, spec }: PodTemplate, own: readonly EnvVar[]): PodCliqueSet['spec']['template']['cliques'][number] {
  const variables = [...ENVIRONMENT, ...own];
  const withVariables = <C extends { readonly env?: readonly EnvVar[] }>(container: C): C => ({
    ...container, env: [...variables.filter(({ name: word }) => !container.env?.some(entry => entry.name === word)), ...container.env ?? []],
  });
  return {
    name,
    ...(metadata.labels ? { labels: metadata.labels } : {}),
    ...(metadata.annotations ? { annotations: metadata.annotations } : {}),
    spec: {
      roleName: name,
      replicas,
      minAvailable: replicas,
      podSpec: {
        ...spec,
        containers: spec.containers.map(withVariables),
        ...(spec.initContainers ? { initContainers: spec.initContainers.map(withVariables) } : {}),
      },
    },
  };
}

/** Whether the roll-out strategy is one that Grove has: nothing but a number of groups that may be down. */
function isWholePace({ rolloutStrategy = {} }: LeaderWorkerSet['spec']): boolean {
  const { type = 'RollingUpdate', rollingUpdateConfiguration: { maxUnavailable = 1, ...others } = {} } = rolloutStrategy;
  return type === 'RollingUpdate' && Number.isInteger(maxUnavailable) && Object.values(others).every(value => value === 0);
}

function notesOn({ metadata, spec }: LeaderWorkerSet, topologyKey: string | undefined, size: number): string[] {
  const template = spec.leaderWorkerTemplate;
  const unknown = [
    ...Object.keys(spec).filter(field => !KNOWN.includes(field) && !(field === 'rolloutStrategy' && isWholePace(spec))).map(field => `spec.${field}`),
    ...Object.keys(template).filter(field => !KNOWN_TEMPLATE.includes(field)).map(field => `spec.leaderWorkerTemplate.${field}`),
  ];
  const usesIndex = size > 1 && JSON.stringify(template.workerTemplate.spec).includes('LWS_WORKER_INDEX');
  return [
    ...unknown.map(field => `${field} is left out: ${LOST[field] ?? 'it has no counterpart'}`),
    ...(topologyKey === undefined ? [] : [
      `annotation ${EXCLUSIVE_TOPOLOGY} is left out: give the group packing: Packing.required(...) with the level of ${topologyKey}; others may be in the same domain`,
    ]),
    ...(usesIndex ? ['LWS_WORKER_INDEX of workers is not set: it is GROVE_PCLQ_POD_INDEX + 1, to be computed in the command'] : []),
    ...(size > 1 ? [`pods have other names: the leader of copy N is ${metadata.name}-0-group-N-leader-0, worker M of it ${metadata.name}-0-group-N-worker-(M-1)`] : []),
    'a group starts when all its pods have nodes, not one by one',
  ];
}
