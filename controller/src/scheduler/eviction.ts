import { CONDITION, LABEL, Pod, PodGang, isTerminating, timestamp } from 'cdk8s-grove/core';
import { Candidate } from './gangs';
import { Verdicts } from './verdicts';
import { Clock, EventRecorder, Logger, keyOf, messageOf, settleAll, strategicMergePatch } from '../kube';
import { Caches, scopedKey } from '../state/caches';
import { Writer } from '../state/writer';

export interface EvictionOptions {
  readonly caches: Caches;
  readonly writer: Writer;
  readonly events: EventRecorder;
  readonly clock: Clock;
  readonly log: Logger;
}

const WRITES_AT_ONCE = 32;
const SLACK_MS = 60_000;

/** Lets pods go to make room for a gang, and tells them and their gangs why, as kube-scheduler does. */
export class Eviction {
  constructor(private readonly options: EvictionOptions, private readonly verdicts: Verdicts) {}

  /** Of the names, the pods that have not been asked to go yet. */
  remaining(names: readonly string[]): Pod[] {
    return names.flatMap(name => this.options.caches.pods.store.get(name) ?? []).filter(pod => !isTerminating(pod));
  }

  /** How long the pods may take to leave, in milliseconds: their grace periods, and a minute for their nodes. */
  patienceMs(names: readonly string[]): number {
    const nowMs = this.options.clock.now();
    const graces = names.flatMap(name => this.options.caches.pods.store.get(name) ?? []).map(({ metadata, spec }) =>
      (metadata.deletionTimestamp === undefined ? (spec.terminationGracePeriodSeconds ?? 30) * 1_000 : Date.parse(metadata.deletionTimestamp) - nowMs));
    return Math.max(-SLACK_MS, ...graces) + SLACK_MS;
  }

  /** @throws the first error, when some of the pods could not be deleted */
  async evict(pods: readonly Pod[], { key, gang, priority }: Candidate): Promise<void> {
    const { writer, events, log } = this.options;
    log.info({ gang: key, pods: pods.length }, 'evicts pods of lower priority');
    events.event(gang, 'Normal', 'Preempting', `evicts ${describePods(pods)}`);
    await settleAll(pods, WRITES_AT_ONCE, pod => this.mark(pod, key));
    for (const pod of pods) events.event(pod, 'Normal', 'Preempted', `makes room for gang ${key} of priority ${priority.value} on node ${pod.spec.nodeName ?? ''}`);
    for (const victim of this.gangsOf(pods)) this.verdicts.evicted(victim, `its pods made room for gang ${key} of priority ${priority.value}`);
    await writer.removeAll(pods);
  }

  /** A pod that could not be marked goes all the same. */
  private async mark(pod: Pod, key: string): Promise<void> {
    const { writer, clock, log } = this.options;
    const condition = {
      type: CONDITION.disruptionTarget,
      status: 'True',
      reason: 'PreemptionByScheduler',
      message: `makes room for gang ${key}`,
      lastTransitionTime: timestamp(clock.now()),
    };
    const patch = strategicMergePatch({ metadata: { uid: pod.metadata.uid }, status: { conditions: [condition] } });
    await writer.patch(pod, patch, 'status').catch((error: unknown) => log.debug({ pod: keyOf(pod), error: messageOf(error) }, 'not marked as evicted'));
  }

  private gangsOf(pods: readonly Pod[]): PodGang[] {
    const keys = new Set(pods.flatMap(pod => gangKeyOf(pod) ?? []));
    return [...keys].flatMap(key => this.options.caches.gangs.store.get(key) ?? []);
  }
}

/** `4 pods of default/low-0, default/lone`. */
export function describePods(pods: readonly Pod[]): string {
  const byGang = new Map<string, number>();
  for (const pod of pods) {
    const gang = gangKeyOf(pod);
    if (gang !== undefined) byGang.set(gang, (byGang.get(gang) ?? 0) + 1);
  }
  const lone = pods.filter(pod => gangKeyOf(pod) === undefined).map(keyOf);
  const all = [...[...byGang].map(([gang, count]) => `${count} pod${count === 1 ? '' : 's'} of ${gang}`), ...lone];
  return all.length <= 3 ? all.join(', ') : `${all.slice(0, 2).join(', ')} and ${all.length - 2} more`;
}

function gangKeyOf(pod: Pod): string | undefined {
  const gang = pod.metadata.labels?.[LABEL.podGang];
  return gang === undefined ? undefined : scopedKey(pod, gang);
}
