import { ApiObject } from 'cdk8s';
import { Construct } from 'constructs';
import type { KedaAutoscalingProps } from './autoscaling';

/** What a ScaledObject scales. */
export interface ScaleTarget {
  readonly kind: 'PodCliqueSet' | 'PodCliqueScalingGroup' | 'PodClique';
  readonly name: string;
  readonly namespace: string | undefined;
  /** Replicas at the beginning, and those without which the gang does not live. */
  readonly replicas: number;
}

/** Adds a ScaledObject to a construct. The name is the target's, as that of the controller's autoscalers. */
export function addScaledObject(scope: Construct, id: string, target: ScaleTarget, props: KedaAutoscalingProps): ApiObject {
  const { minReplicas = target.replicas, maxReplicas, triggers, pollingInterval, cooldownPeriod } = props;
  return new ApiObject(scope, id, {
    apiVersion: 'keda.sh/v1alpha1',
    kind: 'ScaledObject',
    metadata: { name: target.name, ...(target.namespace ? { namespace: target.namespace } : {}) },
    spec: {
      scaleTargetRef: { apiVersion: 'grove.io/v1alpha1', kind: target.kind, name: target.name },
      minReplicaCount: minReplicas,
      maxReplicaCount: maxReplicas,
      ...(pollingInterval ? { pollingInterval: pollingInterval.toSeconds() } : {}),
      ...(cooldownPeriod ? { cooldownPeriod: cooldownPeriod.toSeconds() } : {}),
      triggers: triggers.map(trigger => trigger._toWire()),
    },
  });
}

/** What is wrong with KEDA's bounds, in the words that admission has for the controller's. */
export function kedaFindings(field: string, replicas: number, minAvailable: number, { minReplicas = replicas, maxReplicas }: KedaAutoscalingProps): string[] {
  const fractions = Object.entries({ minReplicas, maxReplicas }).filter(([, bound]) => !Number.isInteger(bound));
  if (fractions.length > 0) return fractions.map(([name, bound]) => `${field}.${name}: Invalid value ${bound}: must be a whole number`);
  return [
    ...(minReplicas < minAvailable ? [`${field}.minReplicas: Invalid value ${minReplicas}: must not be below minAvailable (${minAvailable})`] : []),
    ...(maxReplicas < Math.max(minReplicas, replicas)
      ? [`${field}.maxReplicas: Invalid value ${maxReplicas}: must not be below minReplicas (${minReplicas}) and replicas (${replicas})`]
      : []),
  ];
}
