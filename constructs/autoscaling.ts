import type { AutoScalingConfig } from '../src/core';

/** Bounds and measure of a HorizontalPodAutoscaler. */
export interface AutoscalingProps {
  /**
   * Lower bound; not below `minAvailable`.
   * @default - the replicas of what is scaled
   */
  readonly minReplicas?: number;
  /** Upper bound. */
  readonly maxReplicas: number;
  /**
   * Average CPU use that is aimed at, in percent of the request.
   * @default - none
   */
  readonly cpuUtilizationPercent?: number;
  /**
   * Further `autoscaling/v2` metrics, as they are written in a manifest.
   * @default - none
   */
  readonly metrics?: { [key: string]: unknown }[];
}

/** @internal */
export function toAutoScalingConfig(props: AutoscalingProps): AutoScalingConfig {
  const target = { type: 'Utilization', averageUtilization: props.cpuUtilizationPercent };
  const cpu = props.cpuUtilizationPercent === undefined ? [] : [{ type: 'Resource', resource: { name: 'cpu', target } }];
  const metrics = [...cpu, ...(props.metrics ?? [])] as AutoScalingConfig['metrics'] & object;
  return {
    ...(props.minReplicas === undefined ? {} : { minReplicas: props.minReplicas }),
    maxReplicas: props.maxReplicas,
    ...(metrics.length > 0 ? { metrics } : {}),
  };
}
