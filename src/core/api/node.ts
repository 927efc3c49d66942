import type { Condition, ObjectMeta } from './meta';
import type { ResourceList } from './pod';

/** A node as far as placement reads it. */
export interface Node {
  readonly apiVersion: 'v1';
  readonly kind: 'Node';
  readonly metadata: ObjectMeta;
  readonly spec?: { readonly unschedulable?: boolean; readonly taints?: readonly Taint[] };
  readonly status?: { readonly allocatable?: ResourceList; readonly conditions?: readonly (Partial<Condition> & Pick<Condition, 'type' | 'status'>)[] };
  readonly [field: string]: unknown;
}

export interface Taint {
  readonly key: string;
  readonly value?: string;
  readonly effect: string;
}
