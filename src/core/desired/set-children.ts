import type { KubeObject, PodClique, PodCliqueScalingGroup, PodCliqueSet } from '../api';
import { desiredCliques } from './cliques';
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
}

export interface SetChildrenPlan {
  readonly create: readonly KubeObject[];
  /** Services whose settings have changed, as they should be. */
  readonly revise: readonly KubeObject[];
  readonly remove: readonly KubeObject[];
}

/** What is missing of a set, and what belongs to replicas that it no longer has (spec 04 §1.4; upstream leaves the services of those). */
export function planSetChildren(set: PodCliqueSet, children: SetChildren): SetChildrenPlan {
  const replicas = set.spec.replicas ?? 0;
  const live = [...children.services.values(), ...children.cliques.values(), ...children.scalingGroups.values()];
  return {
    create: Array.from({ length: replicas }, (_, i) => missing(set, i, children)).flat(),
    revise: [...children.services.values()].filter(service => publishesEarly(service) !== publishesEarlyByTemplate(set)).flatMap(service => {
      const i = setReplicaIndex(service) ?? replicas;
      return i < replicas ? [desiredService(set, i)] : [];
    }),
    remove: live.filter(child => (setReplicaIndex(child) ?? 0) >= replicas && !isTerminating(child)),
  };
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
