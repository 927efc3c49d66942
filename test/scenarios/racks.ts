import { Cluster, ClusterOptions } from './cluster';
import { ClusterTopologyBinding, Pod, PodGang, TopologyConstraint } from '../../src/core';
import { State } from '../support/embedded';

/** Nodes in racks in blocks in zones, and what scenarios ask of the places of pods. */

export const LEVELS: ClusterTopologyBinding['spec']['levels'] = [
  { domain: 'zone', key: 'test.grove.io/zone' },
  { domain: 'block', key: 'test.grove.io/block' },
  { domain: 'rack', key: 'test.grove.io/rack' },
  { domain: 'host', key: 'kubernetes.io/hostname' },
];

const NODES_PER_RACK = 4;
const RACKS_PER_BLOCK = 2;
const BLOCKS_PER_ZONE = 2;

/** Four nodes a rack, two racks a block, two blocks a zone; `gpus` pods of {@link Cluster.clique} fit each node. */
export function racks(count: number, gpus = 1): ClusterOptions {
  return { nodes: count * NODES_PER_RACK, capacity: { 'nvidia.com/gpu': String(gpus) }, labels: placeOf };
}

function placeOf(node: number): Readonly<Record<string, string>> {
  const rack = Math.floor(node / NODES_PER_RACK);
  const block = Math.floor(rack / RACKS_PER_BLOCK);
  return {
    'test.grove.io/rack': `rack-${rack}`, 'test.grove.io/block': `block-${block}`, 'test.grove.io/zone': `zone-${Math.floor(block / BLOCKS_PER_ZONE)}`,
  };
}

export type Domain = 'zone' | 'block' | 'rack' | 'host';

/** The domains of that level that the pods are in. */
export function domainsOf({ nodes }: Pick<Cluster, 'nodes'>, pods: readonly Pod[], domain: Domain): string[] {
  const of = ({ spec: { nodeName = '' } }: Pod) => (domain === 'host' ? nodeName : placeOf(nodes.indexOf(nodeName))[`test.grove.io/${domain}`]);
  return [...new Set(pods.map(of))].sort();
}

export const required = (domain: string): { readonly topologyConstraint: TopologyConstraint } => ({ topologyConstraint: { pack: { required: domain } } });

/** A gang's constraints as domains: of the whole, of its groups of cliques and of its cliques; what has none is left out. */
export interface GangShape {
  readonly whole?: string;
  readonly configs?: Readonly<Record<string, string>>;
  readonly cliques?: Readonly<Record<string, string>>;
}

/** What upstream's suite reads from the PodGroup of KAI, here from the PodGang, which says the same in its own words. */
export function shapeOf(state: State, name: string): GangShape & { readonly members: readonly string[] } {
  const gang = state.gang(name);
  if (!gang) throw new Error(`there is no gang ${name}; there are ${state.gangs.map(({ metadata }) => metadata.name).join(', ')}`);
  const { topologyConstraint, topologyConstraintGroupConfigs = [], podgroups } = gang.spec;
  const whole = domainOf(topologyConstraint);
  const configs = named(topologyConstraintGroupConfigs);
  const cliques = named(podgroups);
  return { members: podgroups.map(group => group.name).sort(), ...(whole ? { whole } : {}), ...(configs ? { configs } : {}), ...(cliques ? { cliques } : {}) };
}

function named(scopes: readonly { readonly name: string; readonly topologyConstraint?: PodGang['spec']['topologyConstraint'] }[]): Record<string, string> | undefined {
  const entries = scopes.flatMap(({ name, topologyConstraint }) => {
    const domain = domainOf(topologyConstraint);
    return domain ? [[name, domain] as const] : [];
  });
  return entries.length > 0 ? Object.fromEntries(entries) : undefined;
}

function domainOf(constraint: PodGang['spec']['topologyConstraint']): string | undefined {
  const key = constraint?.packConstraint?.required;
  return LEVELS.find(level => level.key === key)?.domain ?? key;
}
