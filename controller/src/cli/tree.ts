import {
  KubeObject, LABEL, Pod, PodClique, PodCliqueSet, PodGang, TopologyConstraint, cliquePosition, gangPosition, preferredDomain, requiredDomain,
} from 'cdk8s-grove/core';

interface Branch {
  readonly text: string;
  readonly branches?: readonly Branch[];
}

/** What the cluster makes of a set, as people draw it: copies, gangs, cliques and pods, with packing and order of start. */
export function renderTree(set: PodCliqueSet, objects: readonly KubeObject[]): string {
  const of = <T extends KubeObject>(kind: string) => objects.filter(object => object.kind === kind) as unknown as T[];
  const [gangs, cliques, pods] = [of<PodGang & KubeObject>('PodGang'), of<PodClique & KubeObject>('PodClique'), of<Pod & KubeObject>('Pod')];
  const others = objects.filter(({ kind }) => !['PodGang', 'PodClique', 'Pod'].includes(kind));
  const copies = Array.from({ length: set.spec.replicas ?? 0 }, (_, i): Branch => ({
    text: `copy ${i}`,
    branches: [
      ...others.filter(object => isInCopy(set, i, object)).map(leaf),
      ...gangs.flatMap(gang => gangBranch(set, i, gang, cliques, pods)),
    ],
  }));
  const shared = others.filter(object => !copies.some((_, i) => isInCopy(set, i, object))).map(leaf);
  const text = `${copies.length} ${copies.length === 1 ? 'copy' : 'copies'}, ${count(gangs.length, 'gang')}, ${count(pods.length, 'pod')}`;
  return `PodCliqueSet ${set.metadata.namespace ?? 'default'}/${set.metadata.name}: ${text}\n${lines([...shared, ...copies], '').join('')}`;
}

/** Objects without the label of their copy carry it in their name. */
function isInCopy(set: PodCliqueSet, i: number, { metadata }: KubeObject): boolean {
  const label = metadata.labels?.[LABEL.setReplicaIndex];
  return label === undefined ? `${metadata.name}-`.startsWith(`${set.metadata.name}-${i}-`) : label === String(i);
}

function leaf({ kind, metadata }: KubeObject): Branch {
  return { text: `${kind} ${metadata.name}` };
}

function gangBranch(set: PodCliqueSet, i: number, gang: PodGang, cliques: readonly PodClique[], pods: readonly Pod[]): Branch[] {
  const labelled = ({ metadata }: PodClique, key: string, value: string | undefined) => metadata.labels?.[key] === value;
  const members = cliques.filter(clique => labelled(clique, LABEL.podGang, gang.metadata.name) && labelled(clique, LABEL.setReplicaIndex, String(i)));
  const position = members[0] && cliquePosition(set, members[0]);
  if (!position) return [];
  const { scaled } = gangPosition(position);
  const { template } = set.spec;
  const constraint = scaled?.group.topologyConstraint ?? template.topologyConstraint;
  const stages = stagesOf(members);
  const isOrdered = Math.max(...stages.values()) > 1;
  const branch = (clique: PodClique) => cliqueBranch(set, clique, pods, isOrdered ? stages.get(clique.metadata.name ?? '') : undefined);
  return [{
    text: `gang ${gang.metadata.name}${scaled ? `: replica ${scaled.j} of scaling group ${scaled.group.name}` : ''}${packing(constraint)}${priority(gang)}`,
    branches: scaled ? members.map(branch) : byGroup(set, members).flatMap(({ group, cliques: inside }) => (group === undefined ? inside.map(branch) : [{
      text: `${group.text}${packing(group.constraint)}`, branches: inside.map(branch),
    }])),
  }];
}

interface Section {
  readonly group?: { readonly text: string; readonly constraint: TopologyConstraint | undefined };
  readonly cliques: PodClique[];
}

/** The cliques of a base gang: those on their own, and those of each replica of a scaling group. */
function byGroup(set: PodCliqueSet, cliques: readonly PodClique[]): Section[] {
  const sections = new Map<string, Section>();
  for (const clique of cliques) {
    const member = cliquePosition(set, clique)?.member;
    const key = member ? `scaling group ${member.group.name}, replica ${member.j}` : '';
    const section = sections.get(key) ?? { ...(member ? { group: { text: key, constraint: member.group.topologyConstraint } } : {}), cliques: [] };
    sections.set(key, section);
    section.cliques.push(clique);
  }
  return [...sections.values()];
}

function cliqueBranch(set: PodCliqueSet, { metadata, spec }: PodClique, pods: readonly Pod[], stage: number | undefined): Branch {
  const position = cliquePosition(set, { metadata, spec } as PodClique);
  const constraint = set.spec.template.cliques.find(({ name }) => name === position?.clique)?.topologyConstraint;
  const hosts = pods.filter(pod => pod.metadata.labels?.[LABEL.podClique] === metadata.name).map(pod => pod.metadata.name ?? '');
  const minimum = spec.minAvailable === undefined || spec.minAvailable === spec.replicas ? '' : `, ${spec.minAvailable} at least`;
  const parents = spec.startsAfter?.length ? `, after ${spec.startsAfter.join(', ')}` : '';
  const { devices, text } = devicesOf(spec.podSpec);
  return {
    text: `${stage === undefined ? '' : `${stage}. `}clique ${metadata.name}: ${count(spec.replicas, 'pod')}${devices ? ` with ${text}` : ''}${minimum}${packing(constraint)}${parents}`,
    branches: hosts.map(host => ({ text: `pod ${host}` })),
  };
}

/** Extended resources of a pod: what its containers' limits, else requests, ask for. */
function devicesOf({ containers }: PodClique['spec']['podSpec']): { devices: boolean; text: string } {
  const asked = containers.flatMap(({ resources }) => Object.entries({ ...resources?.requests, ...resources?.limits }).filter(([name]) => name.includes('/')));
  return { devices: asked.length > 0, text: asked.map(([name, amount]) => `${amount} ${name}`).join(', ') };
}

/** The stage of a clique: 1 waits for nobody, 2 for cliques of stage 1, and so on. */
function stagesOf(cliques: readonly PodClique[]): ReadonlyMap<string, number> {
  const known = new Map(cliques.map(clique => [clique.metadata.name ?? '', clique]));
  const stages = new Map<string, number>();
  const stage = (name: string): number => {
    const found = stages.get(name) ?? 1 + Math.max(0, ...(known.get(name)?.spec.startsAfter ?? []).filter(parent => known.has(parent)).map(stage));
    stages.set(name, found);
    return found;
  };
  known.forEach((_, name) => stage(name));
  return stages;
}

function packing(constraint: TopologyConstraint | undefined): string {
  const [required, preferred] = [requiredDomain(constraint), preferredDomain(constraint)];
  return `${required === undefined ? '' : `, in one ${required}`}${preferred === undefined ? '' : `, preferably in one ${preferred}`}`;
}

function priority({ spec }: PodGang): string {
  return spec.priorityClassName === undefined ? '' : `, priority ${spec.priorityClassName}`;
}

function count(number: number, word: string): string {
  return `${number} ${word}${number === 1 ? '' : 's'}`;
}

function lines(branches: readonly Branch[], indent: string): string[] {
  return branches.flatMap(({ text, branches: inner = [] }, index) => {
    const isLast = index === branches.length - 1;
    return [`${indent}${isLast ? '└─' : '├─'} ${text}\n`, ...lines(inner, `${indent}${isLast ? '   ' : '│  '}`)];
  });
}
