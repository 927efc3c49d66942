import * as kplus from 'cdk8s-plus-28';
import type { Container, PodSpec } from '../src/core';

/** Devices that each pod claims (dynamic resource allocation), and the containers that use them. */
export class PodResourceClaim {
  /** A claim of its own for each pod, made from a ResourceClaimTemplate of the same namespace. */
  public static fromTemplateName(name: string, templateName: string): PodResourceClaim {
    return new PodResourceClaim(name, { resourceClaimTemplateName: templateName });
  }

  /** A ResourceClaim of the same namespace, which all pods share. */
  public static fromClaimName(name: string, claimName: string): PodResourceClaim {
    return new PodResourceClaim(name, { resourceClaimName: claimName });
  }

  private constructor(
    /** Name of the claim in the pod. */
    public readonly name: string,
    private readonly source: object,
  ) {}

  /** @internal */
  public _toWire(): object {
    return { name: this.name, ...this.source };
  }
}

/** Which containers use a claim. */
export interface ResourceClaimUse {
  /**
   * The containers that use the devices.
   * @default - the pod's first container
   */
  readonly containers?: kplus.Container[];
  /**
   * The one request of the claim whose devices are used.
   * @default - the devices of all requests
   */
  readonly request?: string;
}

/** @internal */
export interface UsedClaim {
  readonly claim: PodResourceClaim;
  readonly use: ResourceClaimUse;
}

/** @internal */
export function withResourceClaims(spec: PodSpec, claims: readonly UsedClaim[]): PodSpec {
  const equip = (container: Container, isFirst: boolean): Container => {
    const used = claims.filter(({ use }) => (use.containers ? use.containers.some(({ name }) => name === container.name) : isFirst));
    if (used.length === 0) return container;
    const entries = used.map(({ claim, use }) => ({ name: claim.name, ...(use.request ? { request: use.request } : {}) }));
    return { ...container, resources: { ...container.resources, claims: entries } };
  };
  return {
    ...spec,
    containers: spec.containers.map((container, index) => equip(container, index === 0)),
    ...(spec.initContainers ? { initContainers: spec.initContainers.map(container => equip(container, false)) } : {}),
    resourceClaims: claims.map(({ claim }) => claim._toWire()),
  };
}
