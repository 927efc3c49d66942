import { Construct } from 'constructs';
import { Autoscaling } from './autoscaling';
import { PodVariable } from './discovery';
import { kedaFindings } from './keda';
import { NvlinkDomain } from './nvlink-domain';
import { Packing } from './packing';
import { PodClique, PodCliqueProps } from './podclique';
import type { PodCliqueSet } from './podcliqueset';
import { ClaimTemplate, GroupSharingOptions, toGroupSharing } from './resource-sharing';
import { RollingUpdate, toRollingUpdate } from './rolling-update';
import type { PodCliqueScalingGroupConfig, ScalingGroupResourceSharing } from '../src/core';

/** Properties of a scaling group. */
export interface ScalingGroupProps {
  /**
   * Name of the group.
   * @default - the construct's id
   */
  readonly name?: string;
  /**
   * Cliques of the set that are in the group; more can be added.
   * @default - none yet
   */
  readonly cliques?: PodClique[];
  /**
   * Copies of the group when it is created.
   * @default 1
   */
  readonly replicas?: number;
  /**
   * Copies that are part of the base gang; those above it are gangs of their own.
   * @default 1
   */
  readonly minAvailable?: number;
  /**
   * How closely the pods of one copy are packed.
   * @default - as the set is
   */
  readonly packing?: Packing;
  /**
   * The multi-node NVLink domain of the group's pods, all copies together.
   * @default - that of the set
   */
  readonly nvlinkDomain?: NvlinkDomain;
  /**
   * Who scales the copies.
   * @default - nobody
   */
  readonly autoscaling?: Autoscaling;
  /**
   * How rolling updates go about the copies.
   * @default - one copy at a time, however long it takes
   */
  readonly rollingUpdate?: RollingUpdate;
  /**
   * Annotations of the group.
   * @default - none
   */
  readonly annotations?: { [key: string]: string };
}

/** Cliques that scale together, such as the leader and the workers of one model instance. Made by `PodCliqueSet.addScalingGroup`. */
export class ScalingGroup extends Construct {
  /** Name of the group in its set. */
  public readonly groupName: string;
  /** Copies of the group when it is created. */
  public readonly replicas: number;
  private readonly members: PodClique[] = [];
  private readonly sharings: ScalingGroupResourceSharing[] = [];

  /** @internal */
  constructor(private readonly podCliqueSet: PodCliqueSet, id: string, private readonly props: ScalingGroupProps = {}) {
    super(podCliqueSet, id);
    this.groupName = props.name ?? id;
    this.replicas = props.replicas ?? 1;
    props.cliques?.forEach(clique => this.attachClique(clique));
  }

  /** The cliques of the group, in the order in which they joined. */
  public get cliques(): PodClique[] {
    return [...this.members];
  }

  /** Number of pods in one copy of the group: the world size in pods. `PodVariable.GROUP_PODS` is the same number in the pods. */
  public get podsPerCopy(): number {
    return this.members.reduce((sum, clique) => sum + clique.replicas, 0);
  }

  /** The variable that tells a pod of the group how many pods its copy has. */
  public get worldSize(): PodVariable {
    return PodVariable.GROUP_PODS;
  }

  /** Adds a clique to the set and to this group. */
  public addClique(id: string, props: PodCliqueProps = {}): PodClique {
    const clique = this.podCliqueSet.addClique(id, props);
    this.attachClique(clique);
    return clique;
  }

  /**
   * Puts a clique of the set into this group.
   * @throws if it is in a group already or in another set
   */
  public attachClique(clique: PodClique): void {
    clique._join(this, this.podCliqueSet);
    this.members.push(clique);
  }

  /**
   * Lets the pods of the group share claims made from a template: one for all copies of the group, or one for each.
   * @throws if the template is of another set, or a clique not of this group
   */
  public shareClaims(template: ClaimTemplate, options: GroupSharingOptions): void {
    this.podCliqueSet._requireOwnTemplate(template);
    const stranger = options.cliques?.find(clique => !this.members.includes(clique));
    if (stranger) throw new Error(`${stranger.node.path} is not in ${this.node.path}, whose pods are to share ${template.name}`);
    this.sharings.push(toGroupSharing(template, options));
  }

  /** @internal */
  public get _packing(): Packing | undefined {
    return this.props.packing;
  }

  /** @internal */
  public _requireCopy(copy: number): void {
    const most = Math.max(this.replicas, this.props.autoscaling?.maxReplicas ?? 0);
    if (!Number.isInteger(copy) || copy < 0 || copy >= most) throw new Error(`${this.node.path} has no copy ${copy}; its copies have the numbers 0 to ${most - 1}`);
  }

  /** @internal */
  public get _keda() {
    return this.props.autoscaling?._keda;
  }

  /** @internal */
  public _findings(path: string): string[] {
    if (this.members.length === 0) return [`${path}.cliqueNames: Required: ${this.groupName} has no clique; add one with addClique or attachClique`];
    return this._keda ? kedaFindings(`${path}.autoscaling`, this.replicas, this.props.minAvailable ?? 1, this._keda) : [];
  }

  /** @internal */
  public _toConfig(): PodCliqueScalingGroupConfig {
    const { minAvailable = 1, packing, nvlinkDomain, autoscaling, rollingUpdate } = this.props;
    const annotations = { ...this.props.annotations, ...nvlinkDomain?._annotations };
    const scaleConfig = autoscaling?._toConfig();
    return {
      name: this.groupName,
      cliqueNames: this.members.map(clique => clique.cliqueName),
      ...(Object.keys(annotations).length > 0 ? { annotations } : {}),
      replicas: this.replicas,
      minAvailable,
      ...(scaleConfig ? { scaleConfig } : {}),
      ...(this.sharings.length > 0 ? { resourceSharing: this.sharings } : {}),
      ...(rollingUpdate ? { rollingUpdate: toRollingUpdate(rollingUpdate) } : {}),
      ...(packing ? { topologyConstraint: packing._toConstraint() } : {}),
    };
  }
}
