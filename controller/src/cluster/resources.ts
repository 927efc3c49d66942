import { JsonSchema } from './schema';
import * as kube from '../kube/resource';
import { ResourceType } from '../kube/resource';

/** Where the scale subresource of a custom type finds its numbers, as JSON paths with a leading dot. */
export interface ScalePaths {
  readonly specReplicasPath: string;
  readonly statusReplicasPath: string;
  readonly labelSelectorPath?: string;
}

/** A type of object with all that the API server has to know to serve it. */
export interface Resource {
  readonly type: ResourceType;
  readonly custom: boolean;
  readonly shortNames: readonly string[];
  readonly categories: readonly string[];
  /** Whether `status` is a part of its own: then ordinary writes leave it alone, and writes of it leave the rest alone. */
  readonly status: boolean;
  /** Whether a new object may come with its status, as nodes do. */
  readonly statusAtCreation?: boolean;
  readonly scale?: ScalePaths;
  /** Whether `metadata.generation` counts the changes of what is asked for. */
  readonly generation: boolean;
  /** Whether an update without a resource version is taken. */
  readonly unconditionalUpdate: boolean;
  /** Whether an update makes an object that is not there. */
  readonly createdByUpdate?: boolean;
  /** Whether the answer to a delete shows the object even when it is gone at once. */
  readonly showsDeleted: boolean;
  /** What a field selector may name. */
  readonly fields: readonly string[];
  /** Schema of a custom type: defaults, pruning, validation. */
  readonly schema?: JsonSchema;
}

/** A custom type that is there from the start, without a CustomResourceDefinition object. */
export interface CustomType {
  readonly type: ResourceType;
  readonly shortNames?: readonly string[];
  /** @default true */
  readonly status?: boolean;
  readonly scale?: ScalePaths;
  readonly schema?: JsonSchema;
}

const NAME_FIELDS = ['metadata.name', 'metadata.namespace'];

export function customResource({ type, shortNames = [], status = true, scale, schema }: CustomType): Resource {
  return {
    type,
    shortNames,
    status,
    scale,
    schema,
    custom: true,
    categories: [],
    generation: true,
    unconditionalUpdate: false,
    showsDeleted: false,
    fields: type.namespaced ? NAME_FIELDS : ['metadata.name'],
  };
}

function builtIn(type: ResourceType, traits: Partial<Resource> = {}): Resource {
  const fields = [...(type.namespaced ? NAME_FIELDS : ['metadata.name']), ...(traits.fields ?? [])];
  return {
    custom: false,
    shortNames: [],
    categories: [],
    status: false,
    generation: false,
    unconditionalUpdate: true,
    showsDeleted: false,
    ...traits,
    type,
    fields,
  };
}

const POD_FIELDS = [
  'spec.nodeName', 'spec.restartPolicy', 'spec.schedulerName', 'spec.serviceAccountName', 'spec.hostNetwork',
  'status.phase', 'status.podIP', 'status.nominatedNodeName',
];
const EVENT_FIELDS = ['reason', 'type', 'reportingController', ...['kind', 'namespace', 'name', 'uid', 'apiVersion'].map((field) => `regarding.${field}`)];

/** The built-in types that the controller, the tests and the demo use. */
export const BUILT_IN: readonly Resource[] = [
  builtIn(kube.NAMESPACE, { shortNames: ['ns'], status: true, showsDeleted: true, fields: ['status.phase'] }),
  builtIn(kube.NODE, { shortNames: ['no'], status: true, statusAtCreation: true, fields: ['spec.unschedulable'] }),
  builtIn(kube.POD, { shortNames: ['po'], categories: ['all'], status: true, generation: true, showsDeleted: true, fields: POD_FIELDS }),
  builtIn(kube.SERVICE, { shortNames: ['svc'], categories: ['all'], status: true, showsDeleted: true, fields: ['spec.clusterIP', 'spec.type'] }),
  builtIn(kube.SERVICE_ACCOUNT, { shortNames: ['sa'], showsDeleted: true }),
  builtIn(kube.CONFIG_MAP, { shortNames: ['cm'] }),
  builtIn(kube.SECRET, { fields: ['type'] }),
  builtIn(kube.PERSISTENT_VOLUME_CLAIM, { shortNames: ['pvc'], status: true, showsDeleted: true }),
  builtIn(kube.EVENT, { shortNames: ['ev'], fields: EVENT_FIELDS }),
  builtIn(kube.LEASE, { unconditionalUpdate: false, createdByUpdate: true }),
  builtIn(kube.HORIZONTAL_POD_AUTOSCALER, { shortNames: ['hpa'], categories: ['all'], status: true }),
  builtIn(kube.POD_DISRUPTION_BUDGET, { shortNames: ['pdb'], status: true, generation: true, unconditionalUpdate: false }),
  builtIn(kube.PRIORITY_CLASS, { shortNames: ['pc'], generation: true }),
  builtIn(kube.ROLE),
  builtIn(kube.ROLE_BINDING),
  builtIn(kube.CLUSTER_ROLE),
  builtIn(kube.CLUSTER_ROLE_BINDING),
  builtIn(kube.RESOURCE_CLAIM, { status: true, showsDeleted: true }),
  builtIn(kube.RESOURCE_CLAIM_TEMPLATE, { showsDeleted: true }),
  builtIn(kube.RESOURCE_SLICE, { generation: true, showsDeleted: true }),
  builtIn(kube.VALIDATING_WEBHOOK_CONFIGURATION, { generation: true }),
  builtIn(kube.MUTATING_WEBHOOK_CONFIGURATION, { generation: true }),
  builtIn(kube.CUSTOM_RESOURCE_DEFINITION, { shortNames: ['crd', 'crds'], status: true, generation: true, unconditionalUpdate: false }),
];
