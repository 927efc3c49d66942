import type { LinkedGang, NodeTerm, PlacementGroup, PlacementLevel, PlacementNode, PlacementProblem, PodDemand, Resources, RunningPod } from './problem';

/** Groups and depth of a gang beyond which it is a mistake, or an attack. */
const MOST_GROUPS = 5_000;
const MOST_DEPTH = 32;

/** A problem that nobody can make sense of: where, what is wrong, and what would be right. */
export class PlacementProblemError extends Error {
  constructor(readonly field: string, detail: string) {
    super(`${field} ${detail}`);
    this.name = 'PlacementProblemError';
  }
}

type Json = Readonly<Record<string, unknown>>;

/**
 * The problem as it was meant: null stands for absent, a list that is left out for an empty one, `minCount` for `count`. A group of one name
 * with another, or an amount that is no whole number, is an error rather than a guess.
 * @throws PlacementProblemError
 */
export function checked(given: PlacementProblem): PlacementProblem {
  const problem = object(given, 'the problem');
  const options = problem.options == null ? {} : withoutNulls(object(problem.options, 'options'));
  for (const name of ['searchBudget', 'improvementBudget']) if (options[name] !== undefined) whole(options[name], `options.${name}`);
  return {
    ...(withoutNulls(problem) as unknown as PlacementProblem),
    levels: levels(problem.levels),
    nodes: unique(list(problem.nodes, 'nodes').map((node, at) => nodeOf(node, `nodes[${at}]`)), 'nodes'),
    running: unique(list(problem.running, 'running').map((pod, at) => podOf(pod, `running[${at}]`)), 'running'),
    gang: gangOf(problem.gang),
    linkedGangs: list(problem.linkedGangs, 'linkedGangs').map((linked, at) => linkedOf(linked, `linkedGangs[${at}]`)),
    options: { ...options, holds: list(options.holds, 'options.holds').map((hold, at) => holdOf(hold, `options.holds[${at}]`)) },
  };
}

/** Levels in one list, or lists of them by the name of their tree. */
function levels(given: unknown): (string | PlacementLevel)[] {
  if (given == null || Array.isArray(given)) return list(given, 'levels').map((level, at) => levelOf(level, `levels[${at}]`));
  return Object.entries(object(given, 'levels')).flatMap(([topology, tree]) => list(tree, `levels.${topology}`).map((level, at) => {
    const found = levelOf(level, `levels.${topology}[${at}]`);
    return typeof found === 'string' ? { name: found, topology } : { topology, ...found };
  }));
}

function levelOf(given: unknown, field: string): string | PlacementLevel {
  if (typeof given === 'string') return text(given, field);
  const level = withoutNulls(object(given, field));
  return { ...level, name: text(level.name, `${field}.name`) };
}

function nodeOf(given: unknown, field: string): PlacementNode {
  const node = withoutNulls(object(given, field));
  return {
    ...node,
    name: text(node.name, `${field}.name`),
    domain: texts(node.domain, `${field}.domain`),
    allocatable: amounts(node.allocatable, `${field}.allocatable`, -Infinity),
    taints: list(node.taints, `${field}.taints`).map((taint, at) => text(taint, `${field}.taints[${at}]`)),
    labels: texts(node.labels, `${field}.labels`),
  };
}

function podOf(given: unknown, field: string): RunningPod {
  const pod = withoutNulls(object(given, field)) as unknown as RunningPod;
  for (const name of ['priority', 'age'] as const) if (pod[name] !== undefined) finite(pod[name], `${field}.${name}`);
  return { ...pod, name: text(pod.name, `${field}.name`), node: text(pod.node, `${field}.node`), request: amounts(pod.request, `${field}.request`) };
}

function holdOf(given: unknown, field: string): NonNullable<NonNullable<PlacementProblem['options']>['holds']>[number] {
  const hold = withoutNulls(object(given, field));
  return { ...hold, node: text(hold.node, `${field}.node`), request: amounts(hold.request, `${field}.request`) };
}

function gangOf(given: unknown): PlacementGroup {
  const leaves = new Map<string, string>();
  const count = { groups: 0 };
  return groupOf(given, 'gang', 0, leaves, count);
}

function groupOf(given: unknown, field: string, depth: number, leaves: Map<string, string>, count: { groups: number }): PlacementGroup {
  const { groups, pods, ...rest } = withoutNulls(object(given, field));
  count.groups += 1;
  if (depth > MOST_DEPTH) throw new PlacementProblemError(field, `is more than ${MOST_DEPTH} groups deep`);
  if (count.groups > MOST_GROUPS) throw new PlacementProblemError(field, `is one group too many: a gang has up to ${MOST_GROUPS}`);
  const name = text(rest.name, `${field}.name`);
  for (const key of ['required', 'preferred', 'topology', 'mnnvlGroup']) if (rest[key] !== undefined) text(rest[key], `${field}.${key}`);
  if (rest.priority !== undefined) finite(rest.priority, `${field}.priority`);
  if (pods !== undefined) {
    const other = leaves.get(name);
    if (other !== undefined) throw new PlacementProblemError(`${field}.name`, `is ${name}, which ${other} is called already: the assignment could not tell their pods apart`);
    leaves.set(name, field);
  }
  return {
    ...(rest as unknown as PlacementGroup),
    ...(groups === undefined ? {} : { groups: list(groups, `${field}.groups`).map((child, at) => groupOf(child, `${field}.groups[${at}]`, depth + 1, leaves, count)) }),
    ...(pods === undefined ? {} : { pods: demandOf(pods, `${field}.pods`) }),
  };
}

function demandOf(given: unknown, field: string): PodDemand {
  const pods = withoutNulls(object(given, field));
  const count = whole(pods.count, `${field}.count`);
  return {
    ...pods,
    count,
    minCount: pods.minCount === undefined ? count : whole(pods.minCount, `${field}.minCount`),
    request: amounts(pods.request, `${field}.request`),
    tolerations: list(pods.tolerations, `${field}.tolerations`).map((key, at) => text(key, `${field}.tolerations[${at}]`)),
    nodeSelector: texts(pods.nodeSelector, `${field}.nodeSelector`),
    ...(pods.nodeAffinity === undefined ? {} : { nodeAffinity: list(pods.nodeAffinity, `${field}.nodeAffinity`).map((term, at) => termOf(term, `${field}.nodeAffinity[${at}]`)) }),
    ...(pods.maxPerNode === undefined ? {} : { maxPerNode: whole(pods.maxPerNode, `${field}.maxPerNode`) }),
    ...(pods.gpuModel === undefined ? {} : { gpuModel: text(pods.gpuModel, `${field}.gpuModel`) }),
  };
}

function termOf(given: unknown, field: string): NodeTerm {
  const term = withoutNulls(object(given, field));
  for (const name of ['matchExpressions', 'matchFields']) {
    list(term[name], `${field}.${name}`).forEach((one, at) => {
      const requirement = object(one, `${field}.${name}[${at}]`);
      text(requirement.key, `${field}.${name}[${at}].key`);
      list(requirement.values, `${field}.${name}[${at}].values`);
    });
  }
  return term;
}

function linkedOf(given: unknown, field: string): string | LinkedGang {
  if (typeof given === 'string') return given;
  const { domain, groups, pods, ...rest } = withoutNulls(object(given, field));
  const tree = groups === undefined && pods === undefined ? {} : { ...(groups === undefined ? {} : { groups }), ...(pods === undefined ? {} : { pods }) };
  const { groups: checkedGroups, pods: checkedPods } = groupOf({ name: rest.name, ...tree }, field, 0, new Map(), { groups: 0 });
  return {
    ...(rest as unknown as LinkedGang),
    ...(domain === undefined ? {} : { domain: texts(domain, `${field}.domain`) }),
    ...(checkedGroups === undefined ? {} : { groups: checkedGroups }),
    ...(checkedPods === undefined ? {} : { pods: checkedPods }),
  };
}

function unique<T extends { readonly name: string }>(items: readonly T[], field: string): readonly T[] {
  const seen = new Map<string, number>();
  items.forEach(({ name }, at) => {
    const other = seen.get(name);
    if (other !== undefined) throw new PlacementProblemError(`${field}[${at}].name`, `is ${name}, which ${field}[${other}] is called already`);
    seen.set(name, at);
  });
  return items;
}

function object(given: unknown, field: string): Json {
  if (typeof given !== 'object' || given === null || Array.isArray(given)) throw new PlacementProblemError(field, `is ${shown(given)}: an object is needed`);
  return given as Json;
}

function list(given: unknown, field: string): readonly unknown[] {
  if (given == null) return [];
  if (!Array.isArray(given)) throw new PlacementProblemError(field, `is ${shown(given)}: a list is needed`);
  return given;
}

function text(given: unknown, field: string): string {
  if (typeof given !== 'string' || given === '') throw new PlacementProblemError(field, `is ${shown(given)}: a name is needed`);
  return given;
}

/** Names by name; a number or a truth value that was meant as text is taken as text, and inherited properties are no entries. */
function texts(given: unknown, field: string): Readonly<Record<string, string>> {
  const found: Record<string, string> = Object.create(null);
  if (given == null) return found;
  for (const [key, value] of Object.entries(object(given, field))) {
    if (value == null) continue;
    if (typeof value === 'object') throw new PlacementProblemError(`${field}.${key}`, `is ${shown(value)}: a name is needed`);
    found[key] = String(value);
  }
  return found;
}

/** More than numbers can count exactly is as good as the most that they can; what is asked for has to be exact. */
function amounts(given: unknown, field: string, least = 0): Resources {
  const found: Record<string, number> = Object.create(null);
  if (given == null) return found;
  for (const [key, value] of Object.entries(object(given, field))) {
    if (value == null) continue;
    const isPlenty = least < 0 && typeof value === 'number' && value > Number.MAX_SAFE_INTEGER;
    found[key] = isPlenty ? Number.MAX_SAFE_INTEGER : whole(value, `${field}.${key}`, least);
  }
  return found;
}

function whole(given: unknown, field: string, least = 0): number {
  if (!Number.isSafeInteger(given) || (given as number) < least) {
    throw new PlacementProblemError(field, `is ${shown(given)}: a whole number${least === 0 ? ' of at least 0' : ''} is needed${isFraction(given) ? ', in a smaller unit' : ''}`);
  }
  return given as number;
}

function isFraction(given: unknown): boolean {
  return typeof given === 'number' && !Number.isInteger(given) && Number.isFinite(given);
}

function finite(given: unknown, field: string): void {
  if (typeof given !== 'number' || !Number.isFinite(given)) throw new PlacementProblemError(field, `is ${shown(given)}: a number is needed`);
}

function withoutNulls(given: Json): Json {
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== null && value !== undefined));
}

function shown(given: unknown): string {
  return given === undefined ? 'missing' : typeof given === 'number' ? String(given) : (JSON.stringify(given) ?? typeof given).slice(0, 40);
}
