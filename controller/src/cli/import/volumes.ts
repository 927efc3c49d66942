import { Container, PodSpec } from 'cdk8s-grove/core';
import { configMap, secret } from './environment';
import { Fields, KPLUS, PodWriter, size } from './parts';
import { Expression, literal } from './source';

/** The volumes of a pod in typed properties, mounts and all. */
export interface TypedVolumes {
  readonly sharedMemory?: Expression;
  /** Volumes that no container mounts. */
  readonly unmounted: readonly Expression[];
  readonly mountsOf: (container: Container) => readonly object[];
}

interface Mount {
  readonly name: string;
  readonly mountPath: string;
  readonly [field: string]: unknown;
}

const SHARED_MEMORY = 'shared-memory';
const MOUNT_FIELDS = new Set(['name', 'mountPath', 'readOnly', 'subPath', 'subPathExpr']);

/**
 * The volumes, if cdk8s-plus knows all of them and their mounts, and would write them in the same order: those that are mounted, by their mounts, and
 * then the others. Undefined if not: then they stay as they are written.
 */
export function typedVolumes(writer: PodWriter, { containers, initContainers = [], volumes = [] }: PodSpec): TypedVolumes | undefined {
  const all = [...containers, ...initContainers];
  const shared = sharedMemoryOf(writer, volumes as readonly Fields[], all);
  const own = (volumes as readonly Fields[]).filter(({ name }) => !shared || name !== SHARED_MEMORY);
  const mounts = (container: Container) => mountsIn(container).filter(({ name }) => !shared || name !== SHARED_MEMORY);
  const mounted = [...new Set(all.flatMap(mounts).map(({ name }) => name))];
  const unmounted = own.filter(({ name }) => !mounted.includes(String(name)));
  const order = [...mounted, ...unmounted.map(({ name }) => name)];
  const isSame = order.length === own.length && order.every((name, index) => own[index]?.name === name);
  if (!isSame || !all.flatMap(mounts).every(mount => Object.keys(mount).every(field => MOUNT_FIELDS.has(field)))) return undefined;
  if (!own.every(volume => sourceOf(volume))) return undefined;
  const expressions = new Map(own.map(volume => [volume.name, new Expression(volumeOf(writer, volume))]));
  return {
    sharedMemory: shared,
    unmounted: unmounted.flatMap(({ name }) => expressions.get(name) ?? []),
    mountsOf: container => mounts(container).map(({ name, mountPath, ...options }) => ({ path: mountPath, volume: expressions.get(name), ...options })),
  };
}

function mountsIn({ volumeMounts }: Container): readonly Mount[] {
  return (volumeMounts as readonly Mount[] | undefined) ?? [];
}

/** The size of what the `sharedMemory` of a clique would make: the last volume, and the last mount of the first container. */
function sharedMemoryOf(writer: PodWriter, volumes: readonly Fields[], [first, ...others]: readonly Container[]): Expression | undefined {
  const last = volumes[volumes.length - 1];
  const { medium, sizeLimit, ...unknown } = (last?.emptyDir ?? {}) as Fields;
  const found = size(writer, sizeLimit);
  const mounts = first ? mountsIn(first).filter(({ name }) => name === SHARED_MEMORY) : [];
  const isLast = first && mountsIn(first).indexOf(mounts[0]!) === mountsIn(first).length - 1;
  const isOnly = mounts.length === 1 && Object.keys(mounts[0]!).length === 2 && mounts[0]!.mountPath === '/dev/shm'
    && !others.some(container => mountsIn(container).some(({ name }) => name === SHARED_MEMORY));
  if (last?.name !== SHARED_MEMORY || medium !== 'Memory' || !found || Object.keys(unknown).length > 0 || !isOnly || !isLast) return undefined;
  const text = found.mebibytes % 1024 === 0 ? `${found.mebibytes / 1024}Gi` : `${found.mebibytes}Mi`;
  return text === sizeLimit ? found.expression : undefined;
}

type Volume = readonly [kind: 'hostPath' | 'secret' | 'configMap' | 'persistentVolumeClaim' | 'emptyDir', given: Fields];
const KNOWN: Readonly<Record<Volume[0], readonly string[]>> = {
  hostPath: ['path'],
  secret: ['secretName', 'defaultMode', 'optional'],
  configMap: ['name', 'defaultMode', 'optional'],
  persistentVolumeClaim: ['claimName', 'readOnly'],
  emptyDir: [],
};

function sourceOf({ name: _, ...sources }: Fields): Volume | undefined {
  const [[kind, given] = [], ...others] = Object.entries(sources);
  if (kind === undefined || others.length > 0 || !Object.hasOwn(KNOWN, kind)) return undefined;
  const fields = Object.entries(given as Fields).filter(([field, value]) => !(kind === 'hostPath' && field === 'type' && value === '')).map(([field]) => field);
  return fields.every(field => KNOWN[kind as Volume[0]].includes(field)) ? [kind as Volume[0], given as Fields] : undefined;
}

/** The variable that holds a volume; cliques that have the same one share it. */
function volumeOf(writer: PodWriter, volume: Fields): string {
  const { source, writtenOut } = writer;
  const [kind, given] = sourceOf(volume)!;
  const { path, secretName, name: mapName, claimName, readOnly, defaultMode, optional } = given;
  const named = literal({ name: volume.name, defaultMode, optional, readOnly: readOnly === true ? true : undefined });
  if (kind === 'persistentVolumeClaim' && readOnly === undefined) writtenOut.add('volumes');
  const word = source.use(KPLUS, 'Volume');
  const made = {
    hostPath: () => `fromHostPath(chart, @, ${literal(volume.name)}, ${literal({ path })})`,
    secret: () => `fromSecret(chart, @, ${secret(writer, String(secretName))}, ${named})`,
    configMap: () => `fromConfigMap(chart, @, ${configMap(writer, String(mapName))}, ${named})`,
    persistentVolumeClaim: () => `fromPersistentVolumeClaim(chart, @, ${claim(writer, String(claimName))}, ${named})`,
    emptyDir: () => `fromEmptyDir(chart, @, ${literal(volume.name)})`,
  }[kind]();
  return source.shared(`${volume.name}-volume`, id => `${word}.${made.replace('@', () => id)}`, made);
}

function claim({ source }: PodWriter, name: string): string {
  return source.shared(`${name}-claim`, id => `${source.use(KPLUS, 'PersistentVolumeClaim')}.fromClaimName(chart, ${id}, ${literal(name)})`);
}
