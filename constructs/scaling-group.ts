import { Construct } from 'constructs';
import { AutoscalingProps, toAutoScalingConfig } from './autoscaling';
import { Packing } from './packing';
import { PodClique, PodCliqueProps } from './podclique';
import type { PodCliqueSet } from './podcliqueset';
import type { PodCliqueScalingGroupConfig } from '../src/core';

/** Properties of a scaling group. */
export interface ScalingGroupProps {
  /**
   * Name of the group.
   * @default - the construct's id
   */
  readonly name?: string;
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
   * Asks for a HorizontalPodAutoscaler over the copies.
   * @default - none
   */
  readonly autoscaling?: AutoscalingProps;
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
  private readonly members: PodClique[] = [];

  /** @internal */
  constructor(private readonly podCliqueSet: PodCliqueSet, id: string, private readonly props: ScalingGroupProps = {}) {
    super(podCliqueSet, id);
    this.groupName = props.name ?? id;
  }

  /** Adds a clique to the set and to this group. */
  public addClique(id: string, props: PodCliqueProps = {}): PodClique {
    const clique = this.podCliqueSet.addClique(id, props);
    this.members.push(clique);
    return clique;
  }

  /** @internal */
  public _toConfig(): PodCliqueScalingGroupConfig {
    const { replicas = 1, minAvailable = 1, packing, autoscaling, annotations } = this.props;
    return {
      name: this.groupName,
      cliqueNames: this.members.map(clique => clique.cliqueName),
      ...(annotations ? { annotations } : {}),
      replicas,
      minAvailable,
      ...(autoscaling ? { scaleConfig: toAutoScalingConfig(autoscaling) } : {}),
      ...(packing ? { topologyConstraint: packing._toConstraint() } : {}),
    };
  }
}
