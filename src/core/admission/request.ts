import type { ClusterTopologyBinding, PodCliqueSet } from '../api';

/** What is to be admitted, and what the verdict depends on besides. */
export interface AdmissionRequest {
  /** The PodCliqueSet as submitted. */
  readonly object: PodCliqueSet;
  /** The stored one, on an update. The very same object: the set as it runs, of which nothing is asked that is for new sets only. */
  readonly oldObject?: PodCliqueSet;
  /** The topology bindings of the cluster; absent offline, where topologies cannot be looked up. */
  readonly topologies?: readonly ClusterTopologyBinding[];
  /** @default DEFAULT_ADMISSION_CONFIG */
  readonly config?: Partial<AdmissionConfig>;
}

export interface AdmissionConfig {
  /** Whether topology constraints are allowed. @default true */
  readonly topologyAwareScheduling: boolean;
  /** Whether MNNVL groups are allowed. @default true */
  readonly autoMnnvl: boolean;
  /** Scheduler names that pods may use. @default our own and kube-scheduler's */
  readonly schedulers: readonly string[];
  /** The scheduler of templates that name none. @default our own */
  readonly defaultScheduler: string;
}

export interface AdmissionResult {
  /** The object with every default written out. */
  readonly object: PodCliqueSet;
  /** Whether there are no errors. */
  readonly allowed: boolean;
  readonly errors: readonly FieldError[];
  /** What will surprise, though it is allowed. */
  readonly warnings: readonly string[];
}

/** A ClusterTopologyBinding to be admitted. */
export interface TopologyAdmissionRequest {
  /** The binding as submitted. */
  readonly object: ClusterTopologyBinding;
  /** @default DEFAULT_ADMISSION_CONFIG */
  readonly config?: Partial<AdmissionConfig>;
}

export interface TopologyAdmissionResult extends Omit<AdmissionResult, 'object'> {
  readonly object: ClusterTopologyBinding;
}

/** The kinds of field errors that Kubernetes' API machinery knows. */
export type FieldErrorType = 'Required' | 'Invalid' | 'Duplicate' | 'NotFound' | 'NotSupported' | 'Forbidden' | 'InternalError';

export interface FieldError {
  readonly type: FieldErrorType;
  /** JSON path of the field, as spec 02 writes it. */
  readonly field: string;
  /** The value that was refused, where it helps. */
  readonly badValue?: unknown;
  /** What is wrong and what to do. */
  readonly detail: string;
}
