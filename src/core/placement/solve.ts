import { checked } from './checked';
import { ClusterIndex } from './cluster-index';
import { HOST } from './level';
import { place } from './place';
import type { Hold, PlacementGroup, PlacementProblem, RunningPod } from './problem';
import type { PlacementResult } from './result';

/**
 * Where the pods of a gang go, or why they cannot go anywhere now. Exact: `placed` breaks no rule, and `pending` is a proof; only when the
 * budget of the search ends in between it is `undecided`. Does not depend on the order of nodes, pods, siblings or keys.
 * @throws PlacementProblemError that says where, when the problem makes no sense
 */
export function solve(given: PlacementProblem): PlacementResult {
  const problem = checked(given);
  const index = new ClusterIndex(problem.levels, problem.nested ?? true, unlisted(problem));
  const nodes = problem.nodes.map(node => ({ node, key: [...index.levels.slice(0, -1).map(level => level.valueOf(node) ?? ''), node.name].join('\0') }));
  for (const { node } of nodes.sort((a, b) => (a.key < b.key ? -1 : 1))) index.setNode(node);
  const running = [...problem.running].sort((a, b) => (a.name < b.name ? -1 : 1));
  for (const pod of running) index.addPod(pod);
  (problem.options?.holds ?? []).filter(hold => isBinding(hold, problem.gang)).forEach((hold, at) => index.addPod(asPod(hold, at)));
  const { gang, linkedGangs = [], options = {} } = problem;
  return place(index, { gang, members: running, linkedGangs, options });
}

/** Levels that groups name although the topology does not: labels of nodes like any other. */
function unlisted({ levels, gang }: PlacementProblem): string[] {
  const listed = new Set([HOST, ...levels.map(level => (typeof level === 'string' ? level : level.name))]);
  return [...new Set(levelNames(gang))].filter(name => !listed.has(name)).sort();
}

function levelNames({ required, preferred, balance, groups = [] }: PlacementGroup): string[] {
  return [required, preferred, balance].filter(name => typeof name === 'string').concat(groups.flatMap(levelNames));
}

/** Room that is held for others and that this gang may not claim. */
function isBinding({ gang: keeper, priority = 0 }: Hold, gang: PlacementGroup): boolean {
  return keeper !== gang.name && (gang.priority ?? 0) <= priority;
}

function asPod({ node, request, mnnvlGroup }: Hold, at: number): RunningPod {
  return { name: `\0hold ${at}`, node, request, preemptible: false, ...(mnnvlGroup === undefined ? {} : { mnnvlGroup }) };
}
