/**
 * A whole number that fits 32 bits.
 * @format int32
 */
export type Int32 = number;
/**
 * A whole number that fits 64 bits.
 * @format int64
 */
export type Int64 = number;
/**
 * A point in time, RFC 3339 in UTC, for example `2026-08-19T10:00:00Z`.
 * @format date-time
 */
export type Time = string;
/**
 * A length of time as Go writes it, for example `4h0m0s` or `90s`.
 * @pattern ^([-+]?(([0-9]+(\.[0-9]*)?|\.[0-9]+)(ns|us|µs|μs|ms|s|m|h))+|[-+]?0)$
 */
export type Duration = string;

/** Metadata of a Kubernetes object as it travels over the wire. */
export interface ObjectMeta {
  readonly name?: string;
  readonly generateName?: string;
  readonly namespace?: string;
  readonly uid?: string;
  readonly resourceVersion?: string;
  readonly generation?: Int64;
  readonly creationTimestamp?: Time;
  readonly deletionTimestamp?: Time;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly finalizers?: readonly string[];
  readonly ownerReferences?: readonly OwnerReference[];
}

/** Points from a child to the object that owns it. */
export interface OwnerReference {
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
  /** Unknown (empty) in objects that were expanded offline. */
  readonly uid: string;
  readonly controller?: boolean;
  readonly blockOwnerDeletion?: boolean;
}

/** Any Kubernetes object: what `expand()` returns and what the controller writes. */
export interface KubeObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: ObjectMeta;
  readonly [field: string]: unknown;
}

/** One observation of an aspect of an object, `metav1.Condition` on the wire. */
export interface Condition {
  /**
   * Name of the aspect, in CamelCase.
   * @maxLength 316
   * @pattern ^([a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*\/)?(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])$
   */
  readonly type: string;
  /** Whether the aspect holds. */
  readonly status: 'True' | 'False' | 'Unknown';
  /**
   * The generation of the spec that the observation is about.
   * @minimum 0
   */
  readonly observedGeneration?: Int64;
  /** When `status` last changed. */
  readonly lastTransitionTime: Time;
  /**
   * Why, as one CamelCase word for programs.
   * @minLength 1
   * @maxLength 1024
   * @pattern ^[A-Za-z]([A-Za-z0-9_,:]*[A-Za-z0-9_])?$
   */
  readonly reason: string;
  /**
   * Why, as a sentence for people.
   * @maxLength 32768
   */
  readonly message: string;
}

/** An error that cut a reconcile pass short. */
export interface LastError {
  /** Stable code of the error, for example `ERR_CREATE_POD`. */
  readonly code: string;
  /** What went wrong, for people. */
  readonly description: string;
  /** When it was seen. */
  readonly observedAt: Time;
}
