import type { Container, EnvVar, ResourceList } from 'cdk8s-grove/core';
import { isObject, JsonObject, listIn, objectIn } from './json';
import { canonicalQuantity } from './quantity';

/** A container as the real API server keeps it: what is absent gets its default. */
export function defaultedContainer(container: Container): Container {
  const probes = ['livenessProbe', 'readinessProbe', 'startupProbe'].filter((name) => isObject(container[name]));
  return {
    terminationMessagePath: '/dev/termination-log',
    terminationMessagePolicy: 'File',
    imagePullPolicy: /:(?!latest$)[^/]+$/.test(container.image ?? '') ? 'IfNotPresent' : 'Always',
    ...container,
    ...(container.env && { env: container.env.map(defaultedVariable) }),
    ...(container.ports !== undefined && { ports: listIn(container, 'ports').map((port) => ({ protocol: 'TCP', ...port })) }),
    ...Object.fromEntries(probes.map((name) => [name, defaultedProbe(objectIn(container, name))])),
    resources: requestsFromLimits(container.resources ?? {}),
  };
}

function defaultedVariable(variable: EnvVar): EnvVar {
  return isObject(variable.valueFrom) ? { ...variable, valueFrom: withFieldVersion(variable.valueFrom) } : variable;
}

/** Fields of the pod are named in a version of the API. */
function withFieldVersion(source: JsonObject): JsonObject {
  return isObject(source.fieldRef) ? { ...source, fieldRef: { apiVersion: 'v1', ...source.fieldRef } } : source;
}

function defaultedProbe(probe: JsonObject): JsonObject {
  return {
    timeoutSeconds: 1,
    periodSeconds: 10,
    successThreshold: 1,
    failureThreshold: 3,
    ...probe,
    ...(isObject(probe.httpGet) && { httpGet: { path: '/', scheme: 'HTTP', ...probe.httpGet } }),
  };
}

type Resources = NonNullable<Container['resources']>;

/** A limit without a request is a request, too. */
function requestsFromLimits({ requests, limits, ...others }: Resources): Resources {
  const asked = requests || limits ? { requests: quantities({ ...limits, ...requests }) } : {};
  return { ...others, ...(limits && { limits: quantities(limits) }), ...asked };
}

/** Quantities come back as text and in one form, whatever they were sent as. */
function quantities(list: ResourceList): ResourceList {
  return Object.fromEntries(Object.entries(list).map(([name, quantity]) => [name, canonicalQuantity(quantity)]));
}

/** Volumes whose files get a mode. */
const FILE_VOLUMES = ['configMap', 'secret', 'downwardAPI', 'projected'];
/** 0644. */
const FILE_MODE = 420;

/** A volume as the real API server keeps it. */
export function defaultedVolume(volume: JsonObject): JsonObject {
  const source = FILE_VOLUMES.find((name) => isObject(volume[name]));
  if (source === undefined) return Object.keys(volume).length === 1 ? { ...volume, emptyDir: {} } : volume;
  const content = objectIn(volume, source);
  const items = source === 'downwardAPI' && content.items !== undefined ? { items: listIn(content, 'items').map(withFieldVersion) } : {};
  return { ...volume, [source]: { defaultMode: FILE_MODE, ...content, ...items } };
}
