import { DefinitionKeeper, NamespaceKeeper } from './caretakers';
import { Deleter } from './deletion';
import { EmbeddedTransport, RequestServer } from './embedded-transport';
import { Faults, NO_FAULTS } from './faults';
import { GarbageCollector } from './garbage-collector';
import { wireCopy } from './json';
import { Reader } from './reader';
import { Refusal } from './refusal';
import { Registry } from './registry';
import { RequestHandler } from './request-handler';
import { BUILT_IN, CustomType, customResource } from './resources';
import { discoveryOf } from './route';
import { Storage, StorageChange } from './storage';
import { WatchChannel } from './watch-channel';
import { Writer } from './writer';
import { Random } from '../kube/backoff';
import { Clock, systemClock } from '../kube/clock';
import { NAMESPACE } from '../kube/resource';
import { KubeRequest, KubeResponse, Transport } from '../kube/transport';

export interface EmbeddedApiServerOptions {
  /** @default the machine's */
  readonly clock?: Clock;
  /** Makes uids and generated names. @default Math.random */
  readonly random?: Random;
  /** Custom types that are served from the start, without a CustomResourceDefinition. @default none */
  readonly customTypes?: readonly CustomType[];
  /** API groups of Kubernetes that this cluster does not serve, as older ones do not. @default none */
  readonly withoutGroups?: readonly string[];
  /** Namespaces that are there from the start. @default those of a new cluster: default, kube-system … */
  readonly namespaces?: readonly string[];
  /** How many changes of one type a watch can go back, at least. @default 10_000 */
  readonly historyLimit?: number;
}

const FIRST_NAMESPACES = ['default', 'kube-system', 'kube-public', 'kube-node-lease'];
const VERSION = { major: '1', minor: '36', gitVersion: 'v1.36.3+embedded', platform: 'linux/amd64' };
const HEALTH_PATHS = new Set(['healthz', 'readyz', 'livez']);

/**
 * A Kubernetes API server in memory, with the garbage collector and the keeper of namespaces that belong to a cluster.
 * It answers as the real one does for everything that this project asks of it; what it does not know it refuses. It has no
 * authentication, no authorization, no webhooks, no dry run, no server-side apply (415), no field ownership, no CEL rules and no conversion.
 * It knows the schemas of custom types only: in a built-in object it takes fields and types of values that the real one drops or refuses.
 */
export class EmbeddedApiServer {
  private readonly clock: Clock;
  private readonly storage: Storage;
  private readonly registry: Registry;
  private readonly reader: Reader;
  private readonly handler: RequestHandler;
  private readonly server: RequestServer;

  constructor(options: EmbeddedApiServerOptions = {}) {
    const { clock = systemClock, random = Math.random, customTypes = [], withoutGroups = [], namespaces = FIRST_NAMESPACES, historyLimit = 10_000 } = options;
    const storage = new Storage(historyLimit);
    const builtIn = BUILT_IN.filter(({ type }) => !withoutGroups.includes(type.group));
    const registry = new Registry([...builtIn, ...customTypes.map(customResource)]);
    const writer = new Writer(storage, clock, random);
    const deleter = new Deleter(storage, clock);
    new GarbageCollector(storage, registry, writer, deleter, clock);
    new NamespaceKeeper(storage, registry, deleter, clock);
    new DefinitionKeeper(storage, registry, writer, deleter, clock);
    this.clock = clock;
    this.storage = storage;
    this.registry = registry;
    this.reader = new Reader(storage, clock);
    this.handler = new RequestHandler({ storage, registry, reader: this.reader, writer, deleter, clock });
    this.server = { answer: (request) => this.answer(request), watch: (request) => this.watch(request) };
    for (const name of namespaces) writer.create(registry.ofType(NAMESPACE), undefined, { metadata: { name } });
  }

  /** A way to this server for one client, with troubles of its own. */
  transport({ faults = NO_FAULTS }: { readonly faults?: Faults } = {}): Transport {
    return new EmbeddedTransport(this.server, this.clock, faults);
  }

  /** Calls the listener with every change of what is stored, at once; it must not write. */
  subscribe(listener: (change: StorageChange) => void): void {
    this.storage.subscribe(listener);
  }

  /** Breaks every open watch, as a restart of the server would. */
  resetWatches(): void {
    this.reader.resetWatches();
  }

  /** Forgets all changes so far: a watch or list that wants to go on from an older version has to begin anew (410). */
  forgetHistory(): void {
    this.reader.forgetHistory();
  }

  private answer(request: KubeRequest): KubeResponse {
    try {
      const discovery = request.method === 'GET' ? discoveryOf(request.path) : undefined;
      const { status, body } = discovery ? { status: 200, body: this.discover(discovery) } : this.handler.handle({ ...request, body: wireCopy(request.body) });
      return { status, headers: { 'content-type': 'application/json' }, body };
    } catch (thrown) {
      if (!(thrown instanceof Refusal)) throw thrown;
      return { status: thrown.code, headers: { 'content-type': 'application/json' }, body: thrown.body };
    }
  }

  private watch(request: KubeRequest): WatchChannel {
    return this.handler.watch(request);
  }

  private discover([root, group, version]: readonly string[]): unknown {
    if (root === 'version') return VERSION;
    if (HEALTH_PATHS.has(root)) return 'ok';
    if (root === 'api') return group === undefined ? { kind: 'APIVersions', versions: ['v1'] } : this.registry.resourceList(group);
    if (group === undefined) return this.registry.groups();
    if (version !== undefined) return this.registry.resourceList(`${group}/${version}`);
    return { kind: 'APIGroup', apiVersion: 'v1', ...this.registry.group(group) };
  }
}
