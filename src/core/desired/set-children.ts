import type { KubeObject, PodClique, PodCliqueScalingGroup, PodCliqueSet } from '../api';
import { desiredAutoscalers } from './autoscalers';
import { desiredCliques } from './cliques';
import { canonicalJson } from './hash';
import { setReplicaIndex } from './position';
import { desiredScalingGroups } from './scaling-groups';
import { desiredService, publishesEarlyByTemplate } from './services';
import { scalingGroups, standaloneCliques } from './template';
import { cliqueName, headlessServiceName, scalingGroupName } from '../names';
import { isTerminating } from '../status/pods';

/** The live objects that a set owns directly, gangs aside, by name. */
export interface SetChildren {
  readonly services: ReadonlyMap<string, KubeObject>;
  readonly cliques: ReadonlyMap<string, PodClique>;
  readonly scalingGroups: ReadonlyMap<string, PodCliqueScalingGroup>;
  readonly autoscalers: ReadonlyMap<string, KubeObject>;
}

export interface SetChildrenPlan {
  readonly create: readonly KubeObject[];
  /** Services and autoscalers whose settings have changed, as they should be. */
  readonly revise: readonly KubeObject[];
  readonly remove: readonly KubeObject[];
}

/** What is missing of a set, and what belongs to replicas that it no longer has (spec 04 §1.4; upstream leaves the services of those). */
export function planSetChildren(set: PodCliqueSet, children: SetChildren): SetChildrenPlan {
  const replicas = set.spec.replicas ?? 0;
  const indices = Array.from({ length: replicas }, (_, i) => i);
  const autoscalers = indices.flatMap(i => desiredAutoscalers(set, i));
  const indexed = [...children.services.values(), ...children.cliques.values(), ...children.scalingGroups.values()];
  return {
    create: [...indices.flatMap(i => missing(set, i, children)), ...autoscalers.filter(({ metadata }) => !children.autoscalers.has(metadata.name ?? ''))],
    revise: [...revisedServices(set, children), ...autoscalers.filter(wanted => isOutdated(wanted, children.autoscalers.get(wanted.metadata.name ?? '')))],
    remove: [
      ...indexed.filter(child => (setReplicaIndex(child) ?? 0) >= replicas),
      ...[...children.autoscalers.values()].filter(({ metadata }) => !autoscalers.some(wanted => wanted.metadata.name === metadata.name)),
    ].filter(child => !isTerminating(child)),
  };
}

function revisedServices(set: PodCliqueSet, { services }: SetChildren): KubeObject[] {
  return [...services.values()].filter(service => publishesEarly(service) !== publishesEarlyByTemplate(set)).flatMap(service => {
    const i = setReplicaIndex(service);
    return i !== undefined && i < (set.spec.replicas ?? 0) ? [desiredService(set, i)] : [];
  });
}

/** Whether a setting that the set speaks of differs; what the server or others have added is left alone. */
function isOutdated(wanted: KubeObject, live: KubeObject | undefined): boolean {
  if (!live) return false;
  const settings = wanted.spec as Readonly<Record<string, unknown>>;
  const found = live.spec as Readonly<Record<string, unknown>> | undefined;
  return Object.entries(settings).some(([field, value]) => canonicalJson(found?.[field]) !== canonicalJson(value));
}

/** Objects are made only for replicas that lack some: most passes find nothing to do. */
function missing(set: PodCliqueSet, i: number, { services, cliques, scalingGroups: groups }: SetChildren): KubeObject[] {
  const name = set.metadata.name ?? '';
  const lacksService = !services.has(headlessServiceName(name, i));
  const lacksClique = standaloneCliques(set).some(clique => !cliques.has(cliqueName(name, i, clique.name)));
  const lacksGroup = scalingGroups(set).some(group => !groups.has(scalingGroupName(name, i, group.name)));
  const absent = (live: ReadonlyMap<string, unknown>) => ({ metadata }: { metadata: { name?: string } }) => !live.has(metadata.name ?? '');
  return [
    ...(lacksService ? [desiredService(set, i)] : []),
    ...(lacksClique ? desiredCliques(set, i).filter(absent(cliques)) : []),
    ...(lacksGroup ? desiredScalingGroups(set, i).filter(absent(groups)) : []),
  ] as KubeObject[];
}

function publishesEarly({ spec }: KubeObject): boolean {
  return (spec as { publishNotReadyAddresses?: boolean } | undefined)?.publishNotReadyAddresses ?? false;
}
