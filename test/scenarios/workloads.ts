import { CliqueTemplate, Cluster, Template } from './cluster';

/**
 * The workloads of spec 10 §1: pc-a alone, pc-b and pc-c in the scaling group sg-x with two replicas; 10 pods that each fill a node. The numbers are
 * `replicas/minAvailable` of the cliques and `minAvailable` of the group.
 */
export type Workload = (cluster: Cluster, change?: (clique: CliqueTemplate) => CliqueTemplate) => Template;

type Counts = readonly [replicas: number, minAvailable: number];

interface Shape {
  readonly a: Counts;
  readonly c: Counts;
  readonly group: number;
  /** Who starts after whom, by name. */
  readonly after?: Readonly<Record<string, string>>;
  readonly rest?: (cluster: Cluster) => Partial<Template>;
}

function workload({ a, c, group, after = {}, rest }: Shape): Workload {
  return (cluster, change = clique => clique) => ({
    cliques: [cluster.clique('pc-a', ...a), cluster.clique('pc-b', 1, 1), cluster.clique('pc-c', ...c)].map(clique => {
      const parent = after[clique.name];
      return change(parent === undefined ? clique : { ...clique, spec: { ...clique.spec, startsAfter: [parent] } });
    }),
    podCliqueScalingGroups: [{ name: 'sg-x', cliqueNames: ['pc-b', 'pc-c'], replicas: 2, minAvailable: group }],
    ...rest?.(cluster),
  });
}

const ALL_NEEDED = { a: [2, 2], c: [3, 3], group: 2 } as const;
const FLOORS_OF_ONE = { a: [2, 1], c: [3, 1], group: 1 } as const;
const inOrder = () => ({ cliqueStartupType: 'CliqueStartupTypeInOrder' as const });
const explicit = () => ({ cliqueStartupType: 'CliqueStartupTypeExplicit' as const });
const terminating = ({ terminationDelayMs }: Cluster) => ({ terminationDelay: `${terminationDelayMs}ms` });

/** Every pod is needed: one gang of ten. */
export const WL1 = workload(ALL_NEEDED);
/** A base gang that needs three pods, and a scaled one that needs two. */
export const WL2 = workload(FLOORS_OF_ONE);
export const WL3 = workload({ ...ALL_NEEDED, rest: inOrder });
export const WL4 = workload({ ...FLOORS_OF_ONE, rest: inOrder });
export const WL5 = workload({ ...ALL_NEEDED, after: { 'pc-c': 'pc-a', 'pc-b': 'pc-c' }, rest: explicit });
export const WL6 = workload({ ...FLOORS_OF_ONE, after: { 'pc-b': 'pc-a', 'pc-c': 'pc-b' }, rest: explicit });
/** The same with a delay after which a gang that lacks its minimum is recreated. */
export const WL1_GT = workload({ ...ALL_NEEDED, rest: terminating });
export const WL2_GT = workload({ ...FLOORS_OF_ONE, rest: terminating });
export const WL5_GT = workload({ a: [2, 1], c: [3, 3], group: 1, rest: terminating });
/** For updates that wait until somebody deletes the pods. */
export const WORKLOAD_ONDELETE = workload({ a: [2, 1], c: [3, 3], group: 2 });
