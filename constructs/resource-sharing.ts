import type { DeviceConfig, DeviceConstraint, DeviceRequest } from './devices';
import type { PodClique } from './podclique';
import type { ScalingGroup } from './scaling-group';
import type { PodCliqueResourceSharing, PodCliqueSetResourceSharing, ResourceClaimTemplateConfig, ScalingGroupResourceSharing } from '../src/core';

/** How many claims a sharing makes. */
export enum SharingScope {
  /** One for the whole owner. */
  ALL_REPLICAS = 'AllReplicas',
  /** One for each copy of the owner: of the set, of the scaling group, or each pod of the clique. */
  PER_REPLICA = 'PerReplica',
}

/** Properties of a claim template that is kept in a set. */
export interface ClaimTemplateProps {
  /** The devices; one request at least. */
  readonly requests: DeviceRequest[];
  /**
   * What the devices have to do with one another.
   * @default - nothing
   */
  readonly constraints?: DeviceConstraint[];
  /**
   * How drivers set up the devices.
   * @default - as they do by themselves
   */
  readonly config?: DeviceConfig[];
  /**
   * Labels of the template.
   * @default - none
   */
  readonly labels?: { [key: string]: string };
  /**
   * Annotations of the template.
   * @default - none
   */
  readonly annotations?: { [key: string]: string };
}

/** A template of ResourceClaims that pods share. Made by `PodCliqueSet.addClaimTemplate`, or in the cluster already. */
export class ClaimTemplate {
  /** A ResourceClaimTemplate that is in the cluster, in the set's own namespace unless another is given. */
  public static fromName(name: string, namespace?: string): ClaimTemplate {
    return new ClaimTemplate(name, namespace);
  }

  /** @internal */
  public static _inSet(owner: object, name: string): ClaimTemplate {
    return new ClaimTemplate(name, undefined, owner);
  }

  private constructor(
    /** Name of the template. */
    public readonly name: string,
    private readonly namespace?: string,
    /** @internal */
    public readonly _owner?: object,
  ) {}

  /** @internal */
  public _sharing(scope: SharingScope): PodCliqueResourceSharing {
    return { name: this.name, ...(this.namespace ? { namespace: this.namespace } : {}), scope };
  }
}

/** How the pods of a set share claims. */
export interface SetSharingOptions {
  /** How many claims there are. */
  readonly scope: SharingScope;
  /**
   * Only the pods of these cliques.
   * @default - all pods, or those of `scalingGroups`
   */
  readonly cliques?: PodClique[];
  /**
   * Only the pods of these scaling groups.
   * @default - all pods, or those of `cliques`
   */
  readonly scalingGroups?: ScalingGroup[];
}

/** How the pods of a scaling group share claims. */
export interface GroupSharingOptions {
  /** How many claims there are. */
  readonly scope: SharingScope;
  /**
   * Only the pods of these cliques of the group.
   * @default - all pods of the group
   */
  readonly cliques?: PodClique[];
}

/** How the pods of a clique share claims. */
export interface CliqueSharingOptions {
  /** How many claims there are. */
  readonly scope: SharingScope;
}

/**
 * What is wrong with the names of a template's requests, and with those by which constraints and configurations refer to them.
 *
 * @internal
 */
export function requestFindings({ requests, constraints = [], config = [] }: ClaimTemplateProps): string[] {
  const names = requests.map(({ name }) => name);
  const repeated = names.filter((name, index) => names.indexOf(name) < index);
  // An alternative is referred to as `request/alternative`.
  const unknown = [...constraints, ...config].flatMap(({ _requests }) => _requests).filter(reference => !names.includes(reference.split('/')[0]!));
  return [...repeated.map(name => `has two requests ${name}`), ...unknown.map(reference => `has no request ${reference}; it has ${names.join(', ')}`)];
}

/** @internal */
export function toClaimTemplate(name: string, props: ClaimTemplateProps): ResourceClaimTemplateConfig {
  const { requests, constraints = [], config = [], labels, annotations } = props;
  const metadata = { ...(labels ? { labels } : {}), ...(annotations ? { annotations } : {}) };
  return {
    name,
    templateSpec: {
      ...(Object.keys(metadata).length > 0 ? { metadata } : {}),
      spec: {
        devices: {
          requests: requests.map(request => request._toWire()),
          ...(constraints.length > 0 ? { constraints: constraints.map(constraint => constraint._toWire()) } : {}),
          ...(config.length > 0 ? { config: config.map(one => one._toWire()) } : {}),
        },
      },
    },
  };
}

/** @internal */
export function toSetSharing(template: ClaimTemplate, { scope, cliques, scalingGroups }: SetSharingOptions): PodCliqueSetResourceSharing {
  const filter = {
    ...(cliques ? { childCliqueNames: cliques.map(({ cliqueName }) => cliqueName) } : {}),
    ...(scalingGroups ? { childScalingGroupNames: scalingGroups.map(({ groupName }) => groupName) } : {}),
  };
  return { ...template._sharing(scope), ...(Object.keys(filter).length > 0 ? { filter } : {}) };
}

/** @internal */
export function toGroupSharing(template: ClaimTemplate, { scope, cliques }: GroupSharingOptions): ScalingGroupResourceSharing {
  return { ...template._sharing(scope), ...(cliques ? { filter: { childCliqueNames: cliques.map(({ cliqueName }) => cliqueName) } } : {}) };
}
