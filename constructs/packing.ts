import type { TopologyConstraint } from '../src/core';

/** Options of a packing. */
export interface PackingOptions {
  /**
   * Name of the ClusterTopologyBinding whose domains are meant.
   * @default - that of the enclosing scaling group or set
   */
  readonly topologyName?: string;
}

/** How closely the pods of a set, a scaling group or a clique are packed. Domains are those of a ClusterTopologyBinding, for example `rack`. */
export class Packing {
  /** All pods in one domain; the gang waits until one can hold them. */
  public static required(domain: string, options: PackingOptions = {}): Packing {
    return new Packing(domain, undefined, options.topologyName);
  }

  /** All pods in one domain if one can hold them, in as few as possible otherwise. */
  public static preferred(domain: string, options: PackingOptions = {}): Packing {
    return new Packing(undefined, domain, options.topologyName);
  }

  private constructor(private readonly requiredDomain?: string, private readonly preferredDomain?: string, private readonly topologyName?: string) {}

  /** The same packing with a narrower domain that should hold all pods. */
  public butPreferably(domain: string): Packing {
    return new Packing(this.requiredDomain, domain, this.topologyName);
  }

  /** @internal */
  public _toConstraint(): TopologyConstraint {
    return {
      ...(this.topologyName ? { topologyName: this.topologyName } : {}),
      pack: {
        ...(this.requiredDomain ? { required: this.requiredDomain } : {}),
        ...(this.preferredDomain ? { preferred: this.preferredDomain } : {}),
      },
    };
  }
}
