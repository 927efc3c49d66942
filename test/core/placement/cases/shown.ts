import type { Facts } from './case';
import { PlacementProblem, PlacementResult, explain } from '../../../../src/core';
import { leavesOf } from '../random-problem';
import { domainOf, groupsOf } from '../rules';

/** What the result shows of the facts that are asked for. */
export function shown(problem: PlacementProblem, result: PlacementResult, facts: Facts): object {
  const { outcome, assignment, victims, reason } = result;
  const values = (group: string, level: string) => [...new Set(used(problem, result, group).map(name => valueOf(problem, name, level)))].sort();
  const found: Record<string, unknown> = { outcome };
  if (facts.sameDomain) {
    found.sameDomain = Object.fromEntries(Object.entries(facts.sameDomain).filter(([group, level]) => isTogether(problem, result, group, level)));
  }
  if (facts.in) found.in = facts.in.map(({ group, level }) => ({ group, level, values: values(group, level) }));
  if (facts.domains) found.domains = facts.domains.map(({ group, level }) => ({ group, level, count: values(group, level).length }));
  const podsOf = (group: string) => assignment.filter(one => one.group === group).reduce((sum, { count }) => sum + count, 0);
  if (facts.pods) found.pods = Object.fromEntries(Object.keys(facts.pods).map(group => [group, podsOf(group)]));
  if (facts.split) found.split = { level: facts.split.level, pods: split(problem, result, facts.split.level) };
  if (facts.nodes) found.nodes = [...new Set(assignment.map(({ node }) => node))].sort();
  if (facts.untouched) {
    const touched = values(problem.gang.name, facts.untouched.level);
    found.untouched = { level: facts.untouched.level, values: facts.untouched.values.filter(value => !touched.includes(value)) };
  }
  if (facts.victims) found.victims = victims;
  if (facts.victimCount !== undefined) found.victimCount = victims.length;
  if (facts.reason) found.reason = like(reason, facts.reason);
  if (facts.sentence !== undefined) found.sentence = reason && explain(reason);
  return found;
}

/** The parts of a value that the pattern names. */
function like(value: unknown, pattern: object): unknown {
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(pattern).map(([key, inner]) => {
    const own = (value as Record<string, unknown>)[key];
    return [key, typeof inner === 'object' && inner !== null ? like(own, inner as object) : own];
  }));
}

function used({ gang }: PlacementProblem, { assignment }: PlacementResult, name: string): string[] {
  const group = groupsOf(gang).find(one => one.name === name)!;
  const leaves = new Set(leavesOf(group).map(leaf => leaf.name));
  return assignment.filter(one => leaves.has(one.group)).map(({ node }) => node);
}

function isTogether(problem: PlacementProblem, result: PlacementResult, name: string, level: string): boolean {
  const leaves = new Set(leavesOf(groupsOf(problem.gang).find(one => one.name === name)!).map(leaf => leaf.name));
  const members = problem.running.filter(({ memberOf }) => memberOf !== undefined && leaves.has(memberOf)).map(({ node }) => node);
  const domains = new Set([...used(problem, result, name), ...members].map(node => domainOf(problem, problem.nodes.find(one => one.name === node)!, level)));
  return domains.size === 1 && !domains.has(undefined);
}

function valueOf({ nodes }: PlacementProblem, name: string, level: string): string {
  return level === 'host' ? name : nodes.find(one => one.name === name)!.domain[level] ?? '';
}

function split(problem: PlacementProblem, { assignment }: PlacementResult, level: string): number[] {
  const counts = new Map<string, number>();
  for (const { node, count } of assignment) counts.set(valueOf(problem, node, level), (counts.get(valueOf(problem, node, level)) ?? 0) + count);
  return [...counts.values()].sort((a, b) => b - a);
}
