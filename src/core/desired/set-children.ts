import { ANNOTATION } from '../api';
import type { KubeObject, PodClique, PodCliqueScalingGroup, PodCliqueSet } from '../api';
import { desiredAutoscalers } from './autoscalers';
import { desiredCliques } from './cliques';
import { desiredComputeDomains } from './compute-domains';
import { canonicalJson } from './hash';
import { scalingGroupConfig, setReplicaIndex } from './position';
import { ExternalTemplate, setClaims } from './resource-claims';
import { desiredScalingGroup, desiredScalingGroups } from './scaling-groups';
import { desiredService, publishesEarlyByTemplate } from './services';
import { scalingGroups, standaloneCliques } from './template';
import { cliqueName, headlessServiceName, scalingGroupName } from '../names';
import { milliQuantity } from '../quantity';
import { isTerminating } from '../status/pods';

/** The live objects that a set owns directly, gangs aside, by name. */
export interface SetChildren {
  readonly services: ReadonlyMap<string, KubeObject>;
  readonly cliques: ReadonlyMap<string, PodClique>;
  readonly scalingGroups: ReadonlyMap<string, PodCliqueScalingGroup>;
  /** Autoscalers, ComputeDomains and shared claims. */
  readonly others: readonly KubeObject[];
}

export interface SetChildrenPlan {
  readonly create: readonly KubeObject[];
  /** Services, autoscalers and scaling groups that are not what the set asks for, as they should be. */
  readonly revise: readonly KubeObject[];
  readonly remove: readonly KubeObject[];
}

/** What is missing of a set, and what belongs to replicas that it no longer has (spec 04 §1.4; upstream leaves the services of those). */
export function planSetChildren(set: PodCliqueSet, children: SetChildren, external?: ExternalTemplate): SetChildrenPlan {
  const replicas = set.spec.replicas ?? 0;
  const indices = Array.from({ length: replicas }, (_, i) => i);
  const others = [...setClaims(set, external), ...indices.flatMap(i => [...desiredAutoscalers(set, i), ...desiredComputeDomains(set, i)])];
  const change = planOwned(others, children.others);
  const indexed = [...children.services.values(), ...children.cliques.values(), ...children.scalingGroups.values()];
  return {
    create: [...change.create, ...indices.flatMap(i => missing(set, i, children))],
    revise: [...revisedServices(set, children), ...change.revise, ...revisedScalingGroups(set, children)],
    remove: [...indexed.filter(child => (setReplicaIndex(child) ?? 0) >= replicas && !isTerminating(child)), ...change.remove],
  };
}

/** What is missing of the wanted objects, what is too much of the live ones, and which autoscalers ask for something else than before. */
export function planOwned(wanted: readonly KubeObject[], live: readonly KubeObject[]): SetChildrenPlan {
  const key = ({ kind, metadata }: KubeObject) => `${kind}/${metadata.name}`;
  const found = new Map(live.map(object => [key(object), object]));
  const asked = new Set(wanted.map(key));
  return {
    create: wanted.filter(object => !found.has(key(object))),
    revise: wanted.filter(object => object.kind === 'HorizontalPodAutoscaler' && isOutdated(object, found.get(key(object)))),
    remove: live.filter(object => !asked.has(key(object)) && !isTerminating(object)),
  };
}

function revisedServices(set: PodCliqueSet, { services }: SetChildren): KubeObject[] {
  return [...services.values()].filter(service => publishesEarly(service) !== publishesEarlyByTemplate(set)).flatMap(service => {
    const i = setReplicaIndex(service);
    return i !== undefined && i < (set.spec.replicas ?? 0) ? [desiredService(set, i)] : [];
  });
}

/** The version of the set for which a scaling group was found to be right; objects never change. */
const sound = new WeakMap<PodCliqueScalingGroup, string>();

/** Scaling groups stay as large as users and autoscalers have made them; all else of them is the set's (spec 04 §1.4). */
function revisedScalingGroups(set: PodCliqueSet, { scalingGroups: live }: SetChildren): KubeObject[] {
  return [...live.values()].filter(group => !isTerminating(group)).flatMap(group => {
    const i = setReplicaIndex(group);
    const version = `${set.metadata.uid}/${set.metadata.generation}/${set.metadata.annotations?.[ANNOTATION.mnnvlGroup]}`;
    const config = sound.get(group) === version ? undefined : scalingGroupConfig(set, group);
    if (i === undefined || i >= (set.spec.replicas ?? 0) || !config) return [];
    const { metadata, spec } = desiredScalingGroup(set, i, config);
    const { labels = {}, annotations = {} } = metadata;
    const wanted = { ...group, metadata: { ...group.metadata, labels, annotations }, spec: { ...spec, replicas: group.spec.replicas } };
    const authored = (of: PodCliqueScalingGroup) => canonicalJson([of.metadata.labels, of.metadata.annotations, of.spec]);
    if (authored(wanted) !== authored(group)) return [wanted as unknown as KubeObject];
    sound.set(group, version);
    return [];
  });
}

/** Whether a setting that the set speaks of differs; what the server or others have added is left alone. */
function isOutdated(wanted: KubeObject, live: KubeObject | undefined): boolean {
  if (!live) return false;
  const settings = wanted.spec as Readonly<Record<string, unknown>>;
  const found = live.spec as Readonly<Record<string, unknown>> | undefined;
  return Object.entries(settings).some(([field, value]) => canonicalJson(withCountedTargets(found?.[field])) !== canonicalJson(withCountedTargets(value)));
}

/** The target of a metric; the server writes its quantities in one form: `1` where a set says `1000m`, and `"10"` for 10. */
interface MetricTarget {
  readonly averageValue?: string | number;
  readonly value?: string | number;
}

function withCountedTargets(setting: unknown): unknown {
  if (setting === undefined) return undefined;
  const counted = ({ averageValue, value, ...others }: MetricTarget) => ({
    ...others,
    ...(averageValue === undefined ? {} : { averageValue: milliQuantity(averageValue) }),
    ...(value === undefined ? {} : { value: milliQuantity(value) }),
  });
  return JSON.parse(JSON.stringify(setting), (key, value) => (key === 'target' ? counted(value as MetricTarget) : value as unknown));
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
