import * as kplus from 'cdk8s-plus-28';
import { Container, PodSpec, isLabel } from '../src/core';

/** Devices that each pod claims (dynamic resource allocation), and the containers that use them. */
export class PodResourceClaim {
  /**
   * A claim of its own for each pod, made from a ResourceClaimTemplate of the same namespace.
   * @throws if the name cannot be that of a claim: lower-case letters, digits and hyphens, 63 at most
   */
  public static fromTemplateName(name: string, templateName: string): PodResourceClaim {
    return new PodResourceClaim(name, { resourceClaimTemplateName: templateName });
  }

  /**
   * A ResourceClaim of the same namespace, which all pods share.
   * @throws if the name cannot be that of a claim: lower-case letters, digits and hyphens, 63 at most
   */
  public static fromClaimName(name: string, claimName: string): PodResourceClaim {
    return new PodResourceClaim(name, { resourceClaimName: claimName });
  }

  private constructor(
    /** Name of the claim in the pod. */
    public readonly name: string,
    private readonly source: object,
  ) {
    if (!isLabel(name)) throw new Error(`"${name}" cannot be the name of a claim: use lower-case letters, digits and hyphens, 63 at most`);
  }

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

/**
 * Containers that are to use a claim and belong to other pods.
 *
 * @internal
 */
export function claimFindings(field: string, claims: readonly UsedClaim[], containers: readonly kplus.Container[]): string[] {
  return claims.flatMap(({ claim, use: { containers: users = [] } }) => users.filter(user => !containers.includes(user))
    .map(user => `${field}: Invalid: the container "${user.name}", which is to use ${claim.name}, is not one of these pods'`));
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
