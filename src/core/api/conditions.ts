/** Condition types, spec 05 §5, 04 §1.5, 01 §7. */
export const CONDITION = {
  podCliqueScheduled: 'PodCliqueScheduled',
  minAvailableBreached: 'MinAvailableBreached',
  gangTerminationInProgress: 'GangTerminationInProgress',
  topologyLevelsUnavailable: 'TopologyLevelsUnavailable',
  updateInProgress: 'UpdateInProgress',
  /** Of cliques and scaling groups: somebody asks for fewer replicas than the gang needs. */
  scaledBelowMinAvailable: 'ScaledBelowMinAvailable',
  stalled: 'Stalled',
  initialized: 'Initialized',
  scheduled: 'Scheduled',
  ready: 'Ready',
  /** Of gangs and pods: they are evicted to make room. */
  disruptionTarget: 'DisruptionTarget',
  /** Of gangs: they were whole and have lost some of their minimum. */
  unhealthy: 'Unhealthy',
  progressing: 'Progressing',
} as const;
