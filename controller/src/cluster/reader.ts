import { freeze, JsonObject, StoredObject, without } from './json';
import { expired, Refusal } from './refusal';
import { Resource } from './resources';
import { fieldSelector, labelSelector, Selector } from './selectors';
import { Storage, StoredChange } from './storage';
import { WatchChannel } from './watch-channel';
import { Clock } from '../kube/clock';
import { apiVersionOf } from '../kube/resource';

export type Query = Readonly<Record<string, string>>;

interface WatchLine {
  readonly type: string;
  readonly object: object;
}

interface Page {
  readonly version: number;
  readonly rest: readonly StoredObject[];
}

/** How many lists may be read page by page at the same time; the place in an older one is forgotten. */
const OPEN_LISTS = 32;
const BOOKMARK_EVERY_MS = 60_000;
/** How long a watch lasts that does not say so itself. */
const WATCH_SECONDS = 1800;
/** Carried by the bookmark that ends the first part of a watch which begins with all objects. */
const INITIAL_EVENTS_END = 'k8s.io/initial-events-end';

/** Lists and watches. */
export class Reader {
  private readonly places = new Map<string, Page>();
  private readonly channels = new Set<WatchChannel>();
  private placeCount = 0;

  constructor(private readonly storage: Storage, private readonly clock: Clock) {}

  list(resource: Resource, namespace: string | undefined, query: Query): JsonObject {
    const page = query.continue ? this.takePlace(query.continue) : this.firstPage(resource, namespace, query);
    const limit = Number(query.limit ?? 0) || page.rest.length;
    const rest = page.rest.slice(limit);
    const selective = query.labelSelector !== undefined || query.fieldSelector !== undefined;
    const metadata = {
      resourceVersion: String(page.version),
      ...(resource.custom && { continue: '' }),
      ...(rest.length > 0 && { continue: this.keepPlace({ ...page, rest }), ...(!selective && { remainingItemCount: rest.length }) }),
    };
    const items = page.rest.slice(0, limit).map((object) => (resource.custom ? object : without(object, 'apiVersion', 'kind')));
    return freeze({ kind: `${resource.type.kind}List`, apiVersion: apiVersionOf(resource.type), metadata, items });
  }

  /** Opens a watch; what is wrong with its resource version comes as a line of it, as the real server does. */
  watch(resource: Resource, namespace: string | undefined, query: Query): WatchChannel {
    const matches = selection(resource, query);
    const belongs: Selector = (object) => (namespace === undefined || (object as StoredObject).metadata.namespace === namespace) && matches(object);
    const channel = new WatchChannel();
    const past = this.past(resource, query, belongs);
    past.forEach((line) => channel.push(line));
    if (past.at(-1)?.type === 'ERROR') channel.close();
    else this.follow(resource, query, belongs, channel);
    return channel;
  }

  /** Breaks every open watch. */
  resetWatches(): void {
    for (const channel of [...this.channels]) channel.reset();
  }

  /** Forgets what has changed so far: watches from older versions, and places in lists, are then expired. */
  forgetHistory(): void {
    for (const collection of this.storage.all()) collection.forgetHistory();
    this.places.clear();
  }

  private firstPage(resource: Resource, namespace: string | undefined, query: Query): Page {
    return { version: this.storage.version, rest: this.storage.collection(resource.type).list(namespace).filter(selection(resource, query)) };
  }

  private keepPlace(page: Page): string {
    const token = Buffer.from(JSON.stringify({ v: 'embedded', rv: page.version, place: ++this.placeCount })).toString('base64url');
    this.places.set(token, page);
    if (this.places.size > OPEN_LISTS) this.places.delete(this.places.keys().next().value!);
    return token;
  }

  private takePlace(token: string): Page {
    const page = this.places.get(token);
    if (!page) throw expired('The provided continue parameter is too old to display a consistent list result.');
    return page;
  }

  /** The lines that a watch begins with: all objects, or the changes since its version. */
  private past(resource: Resource, { resourceVersion = '', sendInitialEvents }: Query, belongs: Selector): WatchLine[] {
    if (resourceVersion !== '' && !/^\d+$/.test(resourceVersion)) throw new Refusal(500, 'InternalError', `invalid resource version "${resourceVersion}"`);
    const collection = this.storage.collection(resource.type);
    if (resourceVersion === '' || resourceVersion === '0' || sendInitialEvents === 'true') {
      const present = collection.list().filter(belongs).map((object) => ({ type: 'ADDED', object }));
      return sendInitialEvents === 'true' ? [...present, bookmark(resource, this.storage.version, { [INITIAL_EVENTS_END]: 'true' })] : present;
    }
    const changes = collection.changesAfter(Number(resourceVersion));
    if (!changes) return [{ type: 'ERROR', object: expired(`too old resource version: ${resourceVersion} (${this.storage.version})`).body }];
    return changes.map((change) => lineFor(change, belongs)).filter((line) => line !== undefined);
  }

  private follow(resource: Resource, query: Query, belongs: Selector, channel: WatchChannel): void {
    const unsubscribe = this.storage.collection(resource.type).subscribe((change) => {
      const line = lineFor(change, belongs);
      if (line) channel.push(line);
    });
    const end = this.clock.setTimeout(() => channel.close(), Number(query.timeoutSeconds ?? WATCH_SECONDS) * 1000);
    const stopBookmarks = query.allowWatchBookmarks === 'true' ? this.sendBookmarks(resource, channel) : () => undefined;
    this.channels.add(channel);
    channel.onClose(() => {
      unsubscribe();
      end.cancel();
      stopBookmarks();
      this.channels.delete(channel);
    });
  }

  private sendBookmarks(resource: Resource, channel: WatchChannel): () => void {
    const send = (): void => {
      channel.push(bookmark(resource, this.storage.version));
      timer = this.clock.setTimeout(send, BOOKMARK_EVERY_MS);
    };
    let timer = this.clock.setTimeout(send, BOOKMARK_EVERY_MS);
    return () => timer.cancel();
  }
}

/** Which objects a list, a watch or a collective delete means. */
export function selection(resource: Resource, query: Query): Selector {
  const byLabel = labelSelector(query.labelSelector);
  const byField = fieldSelector(query.fieldSelector, resource.fields);
  return (object) => (byLabel?.(object) ?? true) && (byField?.(object) ?? true);
}

/** What a watcher of a selection sees of a change: an object that enters it was added, one that leaves it was deleted. */
function lineFor({ type, object, old }: StoredChange, belongs: Selector): WatchLine | undefined {
  const before = old !== undefined && belongs(old);
  const after = type !== 'DELETED' && belongs(object);
  if (after) return { type: before ? 'MODIFIED' : 'ADDED', object };
  if (!before) return undefined;
  const last = type === 'DELETED' ? object : freeze({ ...old, metadata: { ...old.metadata, resourceVersion: object.metadata.resourceVersion } });
  return { type: 'DELETED', object: last };
}

function bookmark({ type }: Resource, version: number, annotations?: Readonly<Record<string, string>>): WatchLine {
  const metadata = { resourceVersion: String(version), creationTimestamp: null, ...(annotations && { annotations }) };
  return { type: 'BOOKMARK', object: { kind: type.kind, apiVersion: apiVersionOf(type), metadata } };
}
