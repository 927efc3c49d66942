import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { ApiObject, Yaml } from 'cdk8s';
import { Construct } from 'constructs';

/** How much the definitions carry. */
export enum CrdSize {
  /** With a description of every field, for `kubectl explain`. Too large for a client-side `kubectl apply`: use `kubectl apply --server-side`. */
  FULL = 'full',
  /** Without descriptions. The same rules, and small enough for every way of applying them. */
  MINIMAL = 'minimal',
}

/** Properties of the CustomResourceDefinitions. */
export interface CrdsProps {
  /**
   * How much the definitions carry.
   * @default CrdSize.MINIMAL
   */
  readonly size?: CrdSize;
}

/**
 * The CustomResourceDefinitions of Grove: PodCliqueSet, PodClique, PodCliqueScalingGroup, PodGang and ClusterTopologyBinding. They belong to the
 * cluster, not to a workload: keep them in a chart of their own, applied once and before the rest.
 */
export class Crds extends Construct {
  constructor(scope: Construct, id: string, props: CrdsProps = {}) {
    super(scope, id);
    const folder = props.size === CrdSize.FULL ? crdFolder() : join(crdFolder(), 'minimal');
    for (const file of readdirSync(folder).filter(name => name.endsWith('.yaml')).sort()) {
      for (const definition of Yaml.load(join(folder, file))) new ApiObject(this, definition.metadata.name, definition);
    }
  }
}

/** The folder `crds` of the package, seen from the compiled file (lib/constructs) or from the source. */
function crdFolder(): string {
  const candidates = [join(__dirname, '..', 'crds'), join(__dirname, '..', '..', 'crds')];
  const found = candidates.find(folder => existsSync(folder));
  if (!found) throw new Error(`the package is incomplete: its CustomResourceDefinitions are in none of ${candidates.join(', ')}`);
  return found;
}
