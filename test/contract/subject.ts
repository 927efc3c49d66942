import { Client } from '../../controller/src/kube/client';
import { ApiError, isAlreadyExists } from '../../controller/src/kube/errors';
import { KubeObject } from '../../controller/src/kube/object';
import { CUSTOM_RESOURCE_DEFINITION, ResourceType } from '../../controller/src/kube/resource';
import { KubeRequest, KubeResponse, Transport } from '../../controller/src/kube/transport';
import { until } from '../control-plane/until';

/** The cluster that has to keep the contract. */
export interface Subject {
  /** May do everything. */
  readonly client: Client;
  readonly transport: Transport;
  /** Creates a namespace of this name with a random ending. */
  namespace(prefix: string): Promise<string>;
  close(): Promise<void>;
}

/** What the tests of one part of the contract use. */
export interface Bench extends Subject {
  /** A namespace for all tests of the part. */
  readonly home: string;
}

/** An object in which the tests look at anything. */
export interface Anything extends KubeObject {
  readonly [field: string]: any;
}

export const GADGET: ResourceType = { group: 'contract.example.com', version: 'v1', kind: 'Gadget', plural: 'gadgets', namespaced: true };
/** As a gadget, but its status is no part of its own. */
export const GIZMO: ResourceType = { group: 'contract.example.com', version: 'v1', kind: 'Gizmo', plural: 'gizmos', namespaced: false };

const GADGET_SCHEMA = {
  type: 'object',
  properties: {
    spec: {
      type: 'object',
      required: ['size'],
      properties: {
        size: { type: 'string', minLength: 1, maxLength: 10 },
        replicas: { type: 'integer', format: 'int32', minimum: 0, maximum: 100, default: 1 },
        mode: { type: 'string', enum: ['fast', 'slow'] },
        code: { type: 'string', pattern: '^[a-z]+$' },
        parts: { type: 'array', maxItems: 3, items: { type: 'object', required: ['name'], properties: { name: { type: 'string' }, count: { type: 'integer', default: 2 } } } },
        settings: { type: 'object', additionalProperties: { type: 'string' } },
        anything: { 'type': 'object', 'x-kubernetes-preserve-unknown-fields': true },
      },
    },
    status: {
      type: 'object',
      properties: {
        replicas: { type: 'integer' },
        selector: { type: 'string' },
        message: { type: 'string' },
      },
    },
  },
};

const GADGETS = {
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: 'gadgets.contract.example.com' },
  spec: {
    group: GADGET.group,
    scope: 'Namespaced',
    names: { kind: 'Gadget', plural: 'gadgets', singular: 'gadget', listKind: 'GadgetList', shortNames: ['gdg'] },
    versions: [{
      name: 'v1',
      served: true,
      storage: true,
      schema: { openAPIV3Schema: GADGET_SCHEMA },
      subresources: {
        status: {},
        scale: { specReplicasPath: '.spec.replicas', statusReplicasPath: '.status.replicas', labelSelectorPath: '.status.selector' },
      },
    }],
  },
};

const GIZMOS = {
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: 'gizmos.contract.example.com' },
  spec: {
    group: GIZMO.group,
    scope: 'Cluster',
    names: { kind: 'Gizmo', plural: 'gizmos', singular: 'gizmo', listKind: 'GizmoList' },
    versions: [{
      name: 'v1',
      served: true,
      storage: true,
      schema: { openAPIV3Schema: { 'type': 'object', 'x-kubernetes-preserve-unknown-fields': true } },
    }],
  },
};

/** Installs the custom types of the contract, and waits until they are served. They stay: another file may be using them. */
export async function installDefinitions(client: Client): Promise<void> {
  for (const definition of [GADGETS, GIZMOS]) {
    const created = await outcome(client.create(CUSTOM_RESOURCE_DEFINITION, definition));
    if (created instanceof ApiError && !isAlreadyExists(created)) throw created;
    await until(`${definition.metadata.name} established`, async () => {
      const { status } = await client.get<Anything>(CUSTOM_RESOURCE_DEFINITION, definition.metadata);
      return status?.conditions?.find((condition: any) => condition.type === 'Established' && condition.status === 'True');
    });
  }
  await until('gizmos served', async () => await outcome(client.list(GIZMO)) instanceof ApiError ? undefined : true);
  await until('gadgets served', async () => await outcome(client.list(GADGET)) instanceof ApiError ? undefined : true);
}

export function gadget(namespace: string, name: string, spec: object = {}, metadata: object = {}): Anything {
  return { apiVersion: 'contract.example.com/v1', kind: 'Gadget', metadata: { namespace, name, ...metadata }, spec: { size: 'small', ...spec } };
}

/** A pod that no scheduler touches. */
export function pod(namespace: string, name: string, spec: object = {}, metadata: object = {}): Anything {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { namespace, name, ...metadata },
    spec: { schedulerName: 'nobody', containers: [{ name: 'main', image: 'busybox:1.37' }], ...spec },
  };
}

export function gatedPod(namespace: string, name: string, spec: object = {}): Anything {
  return pod(namespace, name, { schedulingGates: [{ name: 'example.com/wait' }, { name: 'example.com/more' }], ...spec });
}

export function configMap(namespace: string, name: string, metadata: object = {}): Anything {
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { namespace, name, ...metadata }, data: { greeting: 'hello' } };
}

/** How a request ends: its answer, or the refusal. */
export async function outcome<T>(request: Promise<T>): Promise<T | ApiError> {
  try {
    return await request;
  } catch (error) {
    if (error instanceof ApiError) return error;
    throw error;
  }
}

/** The refusal of a request that has to be refused. */
export async function refusal(request: Promise<unknown>): Promise<ApiError> {
  const ended = await outcome(request);
  if (ended instanceof ApiError) return ended;
  throw new Error(`this should have been refused, but the answer is ${JSON.stringify(ended)}`);
}

/** Sends what the client would never send. */
export function raw(transport: Transport, request: KubeRequest): Promise<KubeResponse & { body: any }> {
  return transport.request(request) as Promise<KubeResponse & { body: any }>;
}
