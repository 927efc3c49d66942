import { ANNOTATION, NO_NVLINK_DOMAIN, isLabel } from '../src/core';

/**
 * The multi-node NVLink domain of a set, a scaling group or a clique. Pods with GPUs of one domain reach one another's memory over NVLink, also across
 * nodes; every copy of the set has domains of its own. The cluster needs NVIDIA's DRA driver.
 */
export class NvlinkDomain {
  /**
   * The pods are in the domain of that name, with all others of the same copy of the set that are in it.
   * @throws if the name has other characters than lower-case letters, digits and hyphens or more than 63 of them, or is `none`
   */
  public static named(name: string): NvlinkDomain {
    if (name === NO_NVLINK_DOMAIN) throw new Error(`an NVLink domain cannot be called ${NO_NVLINK_DOMAIN}; use NvlinkDomain.none() to stay out of all`);
    if (!isLabel(name)) throw new Error(`"${name}" cannot be an NVLink domain: use lower-case letters, digits and hyphens, 63 at most`);
    return new NvlinkDomain(name);
  }

  /** The pods are in no domain, whatever the scaling group or the set says. */
  public static none(): NvlinkDomain {
    return new NvlinkDomain(NO_NVLINK_DOMAIN);
  }

  private constructor(private readonly word: string) {}

  /** Name of the domain; undefined for none. */
  public get domainName(): string | undefined {
    return this.word === NO_NVLINK_DOMAIN ? undefined : this.word;
  }

  /** @internal */
  public get _annotations(): { [key: string]: string } {
    return { [ANNOTATION.mnnvlGroup]: this.word };
  }
}

/** Pods, GPUs and nodes. */
export interface NvlinkDemand {
  /** Number of pods. */
  readonly pods: number;
  /** GPUs of all pods together. */
  readonly gpus: number;
  /** Nodes that hold the pods; as many as pods while the GPUs of a node are not known. */
  readonly nodes: number;
}

/** One NVLink domain of each copy of a set: a ComputeDomain on the cluster. */
export interface NvlinkDomainPlan {
  /** Name of the domain. */
  readonly domain: string;
  /** Names of the cliques whose pods are in it. */
  readonly cliques: string[];
  /** What it takes with the replicas that are written down. */
  readonly initially: NvlinkDemand;
  /** What it takes with the most replicas that the autoscalers may ask for. */
  readonly atMost: NvlinkDemand;
}
