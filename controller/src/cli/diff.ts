import { CliqueRollout, FieldChange, GroupRollout, PodCliqueSet, Rollout, SetUpdate, UpdateOutcome, explainUpdate } from 'cdk8s-grove/core';
import { EXIT, UsageError } from './exit';
import { ManifestObject, namesOf, readManifests, synthesisHint } from './manifests';
import { Style, Terminal, painter } from './terminal';
import { OFFLINE, isPodCliqueSet, judge, label, readTopologies, topologiesIn } from './verdicts';

export interface DiffOptions {
  /** Manifests with the topology bindings of the cluster. */
  readonly topology?: readonly string[];
  readonly output?: 'json' | 'text';
}

/** A set that is in one of the two only has no update: it is made, or taken away. */
type Outcome = UpdateOutcome | 'created' | 'deleted';
type Result = Omit<SetUpdate, 'outcome'> & { readonly object: string; readonly outcome: Outcome };

const REFUSED: readonly Outcome[] = ['needs-recreate', 'refused'];

/** `grove diff`: what becomes of running sets when the new manifests take the place of the old ones. What the cluster would refuse gives exit code 1. */
export function diffManifests(oldPath: string, newPath: string, options: DiffOptions, terminal: Terminal): number {
  if (oldPath === '-' && newPath === '-') throw new UsageError('only one of OLD and NEW can be standard input');
  const [before, after] = [readManifests([oldPath]), readManifests([newPath])];
  const [old, sets] = [byLabel(before), byLabel(after)];
  if (old.size + sets.size === 0) throw new UsageError(`no PodCliqueSet in ${namesOf([oldPath, newPath])}${synthesisHint([oldPath, newPath])}`);
  const topologies = [...topologiesIn(after), ...readTopologies(options.topology)];
  const results = [...new Set([...old.keys(), ...sets.keys()])].map(object => ({ object, ...compare(old.get(object), sets.get(object), topologies) }));
  if (options.output === 'json') terminal.out.write(`${JSON.stringify({ sets: results }, null, 2)}\n`);
  else results.forEach(result => print(result, terminal));
  return results.some(({ outcome }) => REFUSED.includes(outcome)) ? EXIT.findings : EXIT.ok;
}

function byLabel(manifests: readonly ManifestObject[]): ReadonlyMap<string, ManifestObject> {
  return new Map(manifests.filter(({ object }) => isPodCliqueSet(object)).map(manifest => [label(manifest.object), manifest]));
}

function compare(old: ManifestObject | undefined, set: ManifestObject | undefined, topologies: ReturnType<typeof topologiesIn>): Omit<Result, 'object'> {
  if (!set) return { outcome: 'deleted', changes: [], errors: [], warnings: [] };
  if (!old) {
    const { allowed, errors, warnings } = judge(set, { topologies });
    return { outcome: allowed ? 'created' : 'refused', changes: [], errors, warnings };
  }
  const [from, to] = [old, set].map(({ object }) => object as unknown as PodCliqueSet) as [PodCliqueSet, PodCliqueSet];
  return explainUpdate(from, to, { config: OFFLINE, ...(topologies.length > 0 ? { topologies } : {}) });
}

const WORDS: Readonly<Record<Outcome, readonly [Style, string]>> = {
  'unchanged': ['dim', 'nothing changes'],
  'no-live-effect': ['green', 'nothing that runs changes'],
  'in-place': ['green', 'changed in place; no pod is touched'],
  'scale': ['cyan', 'scaled'],
  'on-delete': ['yellow', 'pods change when somebody deletes them (OnDelete)'],
  'rolling-recreate': ['yellow', 'pods are recreated, step by step (RollingRecreate)'],
  'needs-recreate': ['red', 'needs recreate: the cluster refuses the edit; delete the set first, or give the new one another name'],
  'refused': ['red', 'refused: the cluster accepts the new set neither as an edit nor as a new one'],
  'created': ['cyan', 'new; all its pods are made'],
  'deleted': ['yellow', 'not in NEW; once it is deleted, all its pods are'],
};

function print({ object, outcome, changes, errors, warnings, scale, rollout }: Result, { out, err }: Terminal): void {
  const paint = painter(out);
  const [style, words] = WORDS[outcome];
  const lines = [
    `${paint('bold', object)}: ${paint(style, words)}`,
    ...errors.map(({ field, type, detail }) => `  ${paint('red', 'error')}  ${field}: ${type}: ${detail}`),
    ...changes.flatMap(change => [`  ${change.field}: ${values(change)}`, `      ${change.detail}`]),
    ...(scale ? [`  ${scaled(scale)}`] : []),
    ...(rollout ? replacement(rollout) : []),
  ];
  out.write(`${lines.join('\n')}\n`);
  for (const warning of warnings) err.write(`${painter(err)('yellow', 'warning')}  ${object}: ${warning}\n`);
}

function values({ from, to }: FieldChange): string {
  if (from === undefined) return `added ${short(to)}`;
  return to === undefined ? `removed, was ${short(from)}` : `${short(from)} -> ${short(to)}`;
}

function short(value: unknown): string {
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return text.length > 70 ? `${text.slice(0, 67)}...` : text;
}

function scaled({ from, to }: { readonly from: number; readonly to: number }): string {
  const [low, high] = [Math.min(from, to), Math.max(from, to)];
  const copies = high - low === 1 ? `copy ${low}` : `copies ${low}-${high - 1}`;
  return to > from ? `${copies} of the set: made` : `${copies} of the set: taken away, with all pods`;
}

function replacement({ strategy, copies, cliques, scalingGroups, podsPerCopy }: Rollout): string[] {
  const isRolling = strategy === 'RollingRecreate';
  const where = copies === undefined ? 'every copy of the set' : copies.length === 1 ? `copy ${copies[0]} of the set` : `copies ${copies.join(', ')} of the set`;
  const total = copies === undefined ? `${pods(podsPerCopy)} a copy` : pods(podsPerCopy * copies.length);
  return [
    isRolling ? `  replaces ${total} in ${where}${copies?.length === 1 ? '' : ', one copy after another'}:` : `  leaves ${total} in ${where} until somebody deletes them:`,
    ...cliques.map(clique => `    ${cliqueLine(clique, isRolling)}`),
    ...scalingGroups.map(group => `    ${groupLine(group, isRolling)}`),
  ];
}

function pods(count: number): string {
  return count === 1 ? '1 pod' : `${count} pods`;
}

function cliqueLine({ clique, pods: replaced, atATime, ...rest }: CliqueRollout, isRolling: boolean): string {
  return `clique ${clique}: ${pods(replaced)}${isRolling ? `, ${pace(atATime)}, oldest first${floor(rest)}` : ''}`;
}

function groupLine({ scalingGroup, replicas, cliques, podsPerReplica, atATime, ...rest }: GroupRollout, isRolling: boolean): string {
  const each = `${pods(podsPerReplica)} each: ${cliques.join(', ')}`;
  return `scaling group ${scalingGroup}: replicas ${replicas.join(', ')} (${each})${isRolling ? `, ${pace(atATime)}, whole${floor(rest)}` : ''}`;
}

function pace(atATime: number): string {
  return atATime === 1 ? 'one at a time' : `${atATime} at a time`;
}

function floor({ staysReady, belowMinimum }: { readonly staysReady: number; readonly belowMinimum: boolean }): string {
  return belowMinimum ? `; ${staysReady} stay ready, below minAvailable` : `; ${staysReady} stay ready`;
}
