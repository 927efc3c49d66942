import { leavesOf } from './random-problem';
import { Assignment, PlacementGroup, PlacementNode, PlacementProblem, PlacementResult, RunningPod } from '../../../src/core';

/** Written apart from the solver on purpose: what any placement must obey, and how it is valued. */

export function groupsOf(group: PlacementGroup): PlacementGroup[] {
  return [group, ...(group.groups ?? []).flatMap(groupsOf)];
}

const isNested = (problem: PlacementProblem, name: string) =>
  problem.nested !== false && problem.levels.some(level => (typeof level === 'string' ? level === name : level.name === name && level.nested !== false));

/** Identity of a node's domain: nested levels are told apart by the levels around them. */
export function domainOf(problem: PlacementProblem, node: PlacementNode, level: string): string | undefined {
  if (level === 'host') return node.name;
  const label = node.domain[level];
  if (label === undefined || !isNested(problem, level)) return label;
  const names = problem.levels.map(one => (typeof one === 'string' ? one : one.name)).filter(name => isNested(problem, name));
  return names.slice(0, names.indexOf(level) + 1).map(name => node.domain[name] ?? '').join('/');
}

export function admits({ taints = [], labels = {} }: PlacementNode, { pods }: PlacementGroup): boolean {
  return taints.every(taint => pods!.tolerations?.includes(taint))
    && Object.entries(pods!.nodeSelector ?? {}).every(([key, label]) => labels[key] === label)
    && (pods!.gpuModel == null || labels['nvidia.com/gpu.product'] === pods!.gpuModel);
}

/** ComputeDomain of every leaf, taken over from the groups around it. */
export function claims(group: PlacementGroup, above?: string): Map<string, string | undefined> {
  const own = group.mnnvlGroup ?? above;
  return new Map(group.pods ? [[group.name, own]] : (group.groups ?? []).flatMap(child => [...claims(child, own)]));
}

export function free(node: PlacementNode, resource: string, running: readonly RunningPod[]): number {
  const listed = node.allocatable[resource];
  if (resource === 'pods') return listed === undefined ? Infinity : listed - running.filter(pod => pod.node === node.name).length;
  return (listed ?? 0) - running.filter(pod => pod.node === node.name).reduce((sum, pod) => sum + (pod.request[resource] ?? 0), 0);
}

export function violations(problem: PlacementProblem, { outcome, assignment, victims }: PlacementResult): string[] {
  if (outcome === 'pending') return assignment.length + victims.length > 0 ? ['a pending gang has pods or victims'] : [];
  const running = problem.running.filter(({ name }) => !victims.includes(name));
  const broken = [...sameness(problem, assignment, running), ...capacity(problem, assignment, running)];
  return outcome === 'undecided' ? broken : [...broken, ...floors(problem, assignment), ...victimRules(problem, outcome, victims)];
}

function floors({ gang, running }: PlacementProblem, assignment: readonly Assignment[]): string[] {
  return leavesOf(gang).flatMap(({ name, pods }) => {
    const members = running.filter(({ memberOf }) => memberOf === name).length;
    const count = members + assignment.filter(({ group }) => group === name).reduce((sum, one) => sum + one.count, 0);
    return count < pods!.minCount || count > Math.max(pods!.count, pods!.minCount, members) ? [`${name} has ${count} pods`] : [];
  });
}

function sameness(problem: PlacementProblem, assignment: readonly Assignment[], running: readonly RunningPod[]): string[] {
  return groupsOf(problem.gang).flatMap(group => {
    if (group.required == null) return [];
    const leaves = new Set(leavesOf(group).map(({ name }) => name));
    const fresh = assignment.filter(one => leaves.has(one.group)).map(({ node }) => node);
    if (fresh.length === 0) return [];
    const used = [...fresh, ...running.filter(({ memberOf }) => memberOf !== undefined && leaves.has(memberOf)).map(({ node }) => node)];
    const domains = new Set(problem.nodes.filter(({ name }) => used.includes(name)).map(node => domainOf(problem, node, group.required!)));
    return domains.size > 1 || domains.has(undefined) ? [`${group.name} is not in one ${group.required}`] : [];
  });
}

function capacity(problem: PlacementProblem, assignment: readonly Assignment[], running: readonly RunningPod[]): string[] {
  const leaves = new Map(leavesOf(problem.gang).map(leaf => [leaf.name, leaf]));
  const claimOf = claims(problem.gang);
  return problem.nodes.flatMap(node => {
    const here = assignment.filter(one => one.node === node.name);
    if (here.length === 0) return [];
    const resources = new Set(['pods', ...here.flatMap(({ group }) => Object.keys(leaves.get(group)!.pods!.request))]);
    const short = [...resources].filter(resource => {
      const used = here.reduce((sum, { group, count }) => sum + count * (resource === 'pods' ? 1 : leaves.get(group)!.pods!.request[resource] ?? 0), 0);
      return used > 0 && used > free(node, resource, running);
    });
    const unwelcome = here.filter(({ group }) => !admits(node, leaves.get(group)!));
    const old = running.filter(pod => pod.node === node.name);
    const most = (group: string) => leaves.get(group)!.pods!.maxPerNode ?? Infinity;
    const crowded = here.filter(({ group, count }) => count + old.filter(pod => pod.memberOf === group).length > most(group));
    const domains = new Set([...here.map(({ group }) => claimOf.get(group)), ...old.map(pod => pod.mnnvlGroup)].filter(Boolean));
    const contested = here.some(({ group }) => claimOf.get(group)) && domains.size > 1;
    return [
      ...short.map(resource => `${node.name} has too little ${resource}`), ...unwelcome.map(({ group }) => `${node.name} may not take ${group}`),
      ...crowded.map(({ group }) => `${node.name} has too many of ${group}`), ...(contested ? [`${node.name} serves several ComputeDomains`] : []),
    ];
  });
}

function victimRules({ running, gang }: PlacementProblem, outcome: string, victims: readonly string[]): string[] {
  if ((victims.length > 0) !== (outcome === 'placed-with-preemption')) return ['victims and outcome do not agree'];
  const gone = running.filter(({ name }) => victims.includes(name));
  const torn = running.filter(pod => pod.unit !== undefined && gone.some(({ unit }) => unit === pod.unit) && !victims.includes(pod.name));
  const safe = gone.filter(({ priority = 0, preemptible = true, memberOf }) => !preemptible || priority >= (gang.priority ?? 0) || memberOf !== undefined);
  return [...torn.map(({ unit }) => `${unit} is torn apart`), ...safe.map(({ name }) => `${name} may not be evicted`)];
}

/** Parts of the objective, most important first, with a bound that none exceeds. */
export function value(problem: PlacementProblem, assignment: readonly Assignment[]): { part: string; value: number; bound: number }[] {
  const leaves = leavesOf(problem.gang);
  const running = problem.running;
  const members = (name: string) => running.filter(({ memberOf }) => memberOf === name);
  const missing = leaves.reduce((sum, { name, pods }) => sum + Math.max(0, Math.max(pods!.count, pods!.minCount) - members(name).length), 0)
    - assignment.reduce((sum, { count }) => sum + count, 0);
  const used = (group: PlacementGroup, level: string) => {
    const names = new Set(leavesOf(group).map(({ name }) => name));
    const old = running.filter(({ memberOf }) => memberOf !== undefined && names.has(memberOf));
    const nodes = new Set([...assignment.filter(one => names.has(one.group)), ...old].map(({ node }) => node));
    return new Set(problem.nodes.filter(({ name }) => nodes.has(name)).map(node => domainOf(problem, node, level) ?? `only ${node.name}`)).size;
  };
  const pods = leaves.reduce((sum, leaf) => sum + Math.max(leaf.pods!.count, leaf.pods!.minCount), 0);
  const most = (level: string) => Math.min(pods + 1, new Set(problem.nodes.map(node => domainOf(problem, node, level) ?? `only ${node.name}`)).size);
  const parts = [{ part: 'missing', value: missing, bound: pods }];
  for (const { part, level, groups } of spans(problem)) {
    parts.push({ part, value: groups.reduce((sum, group) => sum + used(group, level), 0), bound: groups.length * most(level) });
  }
  const { racks, hosts } = intact(problem);
  const nodes = new Set(assignment.map(({ node }) => node));
  const touched = problem.nodes.filter(({ name }) => nodes.has(name));
  parts.push({ part: 'racks broken', value: new Set(touched.map(node => domainOf(problem, node, 'rack')).filter(rack => rack !== undefined && racks.has(rack))).size, bound: most('rack') });
  parts.push({ part: 'hosts broken', value: touched.filter(({ name }) => hosts.has(name)).length, bound: most('host') });
  return parts;
}

/** Parts that count the domains of a level which groups use: the preferred levels, broadest first, then the levels around those. */
export function spans(problem: PlacementProblem): { part: string; level: string; groups: PlacementGroup[] }[] {
  const levels = [...problem.levels.map(level => (typeof level === 'string' ? level : level.name)), 'host'];
  const contains = (outer: string, inner: string) => inner === 'host' || (isNested(problem, outer) && isNested(problem, inner));
  const groups = groupsOf(problem.gang).filter(({ preferred }) => preferred !== undefined);
  return [
    ...levels.map(level => ({ part: `preferred ${level}`, level, groups: groups.filter(({ preferred }) => preferred === level) })),
    ...levels.map((level, at) => ({
      part: `around ${level}`, level, groups: groups.filter(({ preferred }) => levels.indexOf(preferred!) > at && contains(level, preferred!)),
    })),
  ].filter(part => part.groups.length > 0);
}

/** Racks and hosts of which no GPU is in use. */
export function intact(problem: PlacementProblem): { racks: Set<string>; hosts: Set<string> } {
  const anyGpus = problem.nodes.some(({ allocatable: { gpu = 0 } }) => gpu > 0);
  const counted = problem.nodes.filter(({ allocatable: { gpu = 0 } }) => !anyGpus || gpu > 0);
  const isWhole = (node: PlacementNode) => (anyGpus ? free(node, 'gpu', problem.running) === node.allocatable.gpu : problem.running.every(pod => pod.node !== node.name));
  const hosts = new Set(counted.filter(isWhole).map(({ name }) => name));
  const rackOf = (node: PlacementNode) => domainOf(problem, node, 'rack');
  const racks = new Set(counted.map(rackOf).filter((rack): rack is string => rack !== undefined));
  for (const node of counted) if (!hosts.has(node.name)) racks.delete(rackOf(node) ?? '');
  return { racks, hosts };
}
