import { Duration } from 'cdk8s';
import * as kplus from 'cdk8s-plus-28';
import { toWire } from './wire';
import type { AutoScalingConfig } from '../src/core';

/** Who decides how many copies of a set there are. */
export enum ReplicasOwner {
  /** The manifest: what Git says is applied again and again. */
  GIT = 'Git',
  /**
   * An autoscaler, or whoever uses `kubectl scale`. The manifest says nothing of replicas, so that applying it again changes nothing; a new set starts with
   * no copy.
   */
  AUTOSCALER = 'Autoscaler',
}

/** Bounds and measures of a HorizontalPodAutoscaler that the controller keeps. */
export interface ControllerAutoscalingProps {
  /**
   * Lower bound; not below `minAvailable`.
   * @default - the replicas of what is scaled
   */
  readonly minReplicas?: number;
  /** Upper bound. */
  readonly maxReplicas: number;
  /**
   * What to scale by, for example `Metric.resourceCpu(MetricTarget.averageUtilization(70))` of cdk8s-plus.
   * @default - Kubernetes' own: 80 % of the CPU that the containers request; nothing scales while one of them requests none
   */
  readonly metrics?: kplus.Metric[];
}

/** Bounds and measures of KEDA ScaledObjects. */
export interface KedaAutoscalingProps {
  /**
   * Lower bound; not below `minAvailable`. That of a set may be 0: no copy.
   * @default - the replicas of what is scaled
   */
  readonly minReplicas?: number;
  /** Upper bound. */
  readonly maxReplicas: number;
  /** What to scale by; one at least. */
  readonly triggers: KedaTrigger[];
  /**
   * How often the triggers are asked.
   * @default - KEDA's: 30 seconds
   */
  readonly pollingInterval?: Duration;
  /**
   * How long after the last active trigger a set with a lower bound of 0 goes down to no copy. What is scaled otherwise goes down as KEDA's
   * HorizontalPodAutoscaler has it.
   * @default - KEDA's: 5 minutes
   */
  readonly cooldownPeriod?: Duration;
}

/** A query of Prometheus to scale by. */
export interface PrometheusTriggerProps {
  /** Address of Prometheus, for example `http://prometheus.monitoring:9090`. */
  readonly serverAddress: string;
  /** The query; one number. */
  readonly query: string;
  /** Value of the query that one replica can bear. */
  readonly threshold: number;
}

/** Something that KEDA scales by. */
export class KedaTrigger {
  /** The value of a Prometheus query. */
  public static prometheus(props: PrometheusTriggerProps): KedaTrigger {
    return new KedaTrigger('prometheus', { serverAddress: props.serverAddress, query: props.query, threshold: String(props.threshold) });
  }

  /** Any of KEDA's scalers, with the metadata that its documentation asks for. */
  public static of(type: string, metadata: { [key: string]: string }): KedaTrigger {
    return new KedaTrigger(type, metadata);
  }

  private constructor(
    /** Name of the scaler, for example `prometheus`. */
    public readonly type: string,
    private readonly metadata: { [key: string]: string },
  ) {}

  /** @internal */
  public _toWire(): object {
    return { type: this.type, metadata: this.metadata };
  }
}

/** Who scales a clique, a scaling group or a set, between which bounds and by what. */
export class Autoscaling {
  /** The controller keeps a HorizontalPodAutoscaler for every copy. For cliques outside scaling groups, and for scaling groups. */
  public static byController(props: ControllerAutoscalingProps): Autoscaling {
    return new Autoscaling(props, undefined, props);
  }

  /** A KEDA ScaledObject for every copy is synthesized beside the set. The cluster needs KEDA. */
  public static byKeda(props: KedaAutoscalingProps): Autoscaling {
    if (props.triggers.length === 0) throw new Error('KEDA needs one trigger at least');
    return new Autoscaling(undefined, props, props);
  }

  /** Upper bound. */
  public readonly maxReplicas: number;
  /** Lower bound; without one, the replicas of what is scaled. */
  public readonly minReplicas?: number;

  private constructor(
    private readonly controller: ControllerAutoscalingProps | undefined,
    /** @internal */
    public readonly _keda: KedaAutoscalingProps | undefined,
    bounds: { readonly minReplicas?: number; readonly maxReplicas: number },
  ) {
    this.maxReplicas = bounds.maxReplicas;
    this.minReplicas = bounds.minReplicas;
  }

  /**
   * What the controller is told; nothing when KEDA scales.
   *
   * @internal
   */
  public _toConfig(): AutoScalingConfig | undefined {
    if (!this.controller) return undefined;
    const { minReplicas, maxReplicas, metrics = [] } = this.controller;
    return {
      ...(minReplicas === undefined ? {} : { minReplicas }),
      maxReplicas,
      ...(metrics.length > 0 ? { metrics: metrics.map(metric => toWire(metric._toKube())) as AutoScalingConfig['metrics'] & object } : {}),
    };
  }
}
