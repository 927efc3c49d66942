import fc from 'fast-check';
import { Change, KubeObject, keyOf, Store } from '../../../controller/src/kube';

const object = (name: string, uid: string, version: number, label = ''): KubeObject =>
  ({ metadata: { namespace: 'ns', name, uid, resourceVersion: String(version), labels: { app: label } } });

const versions = (store: Store<KubeObject>): Record<string, string> =>
  Object.fromEntries([...store.values()].map(({ metadata }) => [metadata.name, `${metadata.uid}@${metadata.resourceVersion}`]));

describe('what the server says', () => {
  test('is shown, and told with what was before', () => {
    const store = new Store();
    const changes: Change<KubeObject>[] = [];
    store.subscribe((change) => changes.push(change));
    const [first, second] = [object('a', 'u', 1), object('a', 'u', 2)];
    store.apply(first);
    store.apply(second);
    expect(store.get('ns/a')).toBe(second);
    store.remove(object('a', 'u', 3));
    expect(store.size).toBe(0);
    expect(changes).toEqual([{ object: first, old: undefined }, { object: second, old: first }, { old: second }]);
  });

  test('a list takes away what is not in it', () => {
    const store = new Store();
    store.replace([object('a', 'u', 1), object('b', 'v', 2)], '2');
    store.replace([object('b', 'v', 2), object('c', 'w', 3)], '4');
    expect(versions(store)).toEqual({ b: 'v@2', c: 'w@3' });
  });

  test('is kept without what nobody asks for, as answers to our writes are', () => {
    const store = new Store<KubeObject>({}, ({ metadata: { labels: _labels, ...metadata }, ...rest }) => ({ ...rest, metadata }));
    const told: Change<KubeObject>[] = [];
    store.subscribe((change) => told.push(change));
    store.written(object('a', 'u', 1, 'app'));
    store.apply(object('a', 'u', 2, 'app'));
    expect(told.map(({ object: shown }) => shown?.metadata)).toEqual([1, 2].map((version) => ({ namespace: 'ns', name: 'a', uid: 'u', resourceVersion: String(version) })));
  });

  test('managedFields are not kept when nothing else is said', () => {
    const store = new Store();
    const { metadata } = object('a', 'u', 1);
    store.written({ metadata: { ...metadata, managedFields: [{}] } as KubeObject['metadata'] });
    expect(store.get('ns/a')!.metadata).toEqual(metadata);
  });

  test('the same version again is no change', () => {
    const store = new Store();
    store.apply(object('a', 'u', 1));
    let changes = 0;
    store.subscribe(() => changes++);
    store.apply(object('a', 'u', 1));
    store.replace([object('a', 'u', 1)], '1');
    expect(changes).toBe(0);
  });

  test('where versions are no numbers, the later arrival wins', () => {
    const store = new Store();
    const opaque = (resourceVersion: string): KubeObject => ({ metadata: { name: 'a', uid: 'u', resourceVersion } });
    store.apply(opaque('zz'));
    store.written(opaque('bb'));
    expect(store.get('a')?.metadata.resourceVersion).toBe('bb');
    store.replace([], 'cc');
    expect(store.size).toBe(0);
  });
});

describe('our own writes', () => {
  test('are shown at once, and older news does not undo them', () => {
    const store = new Store();
    store.replace([object('a', 'u', 1)], '1');
    store.written(object('a', 'u', 5));
    store.apply(object('a', 'u', 3));
    store.replace([object('a', 'u', 3)], '4');
    expect(versions(store)).toEqual({ a: 'u@5' });
  });

  test('what was created stays through a list that was begun before, and goes with a later one', () => {
    const store = new Store();
    store.written(object('a', 'u', 5));
    store.replace([], '4');
    expect(versions(store)).toEqual({ a: 'u@5' });
    store.replace([], '5');
    expect(store.size).toBe(0);
  });

  test('an answer that comes after the news of the deletion brings nothing back', () => {
    const store = new Store();
    store.replace([object('a', 'u', 1)], '1');
    store.remove(object('a', 'u', 3));
    store.written(object('a', 'u', 2));
    expect(store.size).toBe(0);
  });

  test('what was deleted stays hidden, whatever comes late, until the server says so itself', () => {
    const store = new Store();
    store.replace([object('a', 'u', 1)], '1');
    store.deleted(object('a', 'u', 1));
    expect(store.size).toBe(0);
    store.apply(object('a', 'u', 2));
    store.replace([object('a', 'u', 2)], '2');
    store.written(object('a', 'u', 2));
    expect(store.size).toBe(0);
    store.remove(object('a', 'u', 3));
    store.apply(object('a', 'v', 4));
    expect(versions(store)).toEqual({ a: 'v@4' });
  });

  test('after a delete, what bore the name before is not shown either', () => {
    const store = new Store();
    store.replace([object('a', 'u', 1)], '1');
    store.deleted(object('a', 'v', 3));
    store.apply(object('a', 'u', 1));
    expect(store.size).toBe(0);
  });

  test('a late answer to a delete leaves alone what was made since under that name', () => {
    const store = new Store();
    store.replace([object('a', 'u', 1)], '1');
    store.remove(object('a', 'u', 2));
    store.apply(object('a', 'v', 3));
    store.deleted(object('a', 'u', 1));
    expect(versions(store)).toEqual({ a: 'v@3' });
  });
});

describe('indexes', () => {
  const byApp = () => new Store<KubeObject>({ app: ({ metadata }) => Object.values(metadata.labels ?? {}) });
  const names = (found: readonly KubeObject[]) => found.map(({ metadata }) => metadata.name).sort();

  test('follow every change', () => {
    const store = byApp();
    store.replace([object('a', 'u', 1, 'x'), object('b', 'v', 2, 'x')], '2');
    store.apply(object('a', 'u', 3, 'y'));
    expect([names(store.byIndex('app', 'x')), names(store.byIndex('app', 'y'))]).toEqual([['b'], ['a']]);
    store.remove(object('b', 'v', 4, 'x'));
    expect(store.byIndex('app', 'x')).toEqual([]);
  });

  test('an unknown one is an error that names those there are', () => {
    expect(() => byApp().byIndex('owner', 'x')).toThrow('there is no index "owner"; there are: app');
  });
});

/** A server with three names, whose news, lists and answers reach the store with any delay. */
class Model {
  readonly store = new Store<KubeObject>({ parity: ({ metadata }) => [String(Number(metadata.resourceVersion) % 2)] });
  private readonly objects = new Map<string, KubeObject>();
  private readonly history: Array<{ version: number; type: 'apply' | 'remove'; object: KubeObject }> = [];
  private readonly answers: Array<() => void> = [];
  /** Answered writes of ours that nobody has changed since: the version, or none after a delete. */
  private readonly ownLast = new Map<string, string | undefined>();
  private readonly lastChange = new Map<string, number>();
  private list?: { objects: KubeObject[]; version: number };
  private version = 0;
  private watched = 0;
  private uids = 0;

  constructor() {
    this.store.subscribe(this.refuseSteppingBack());
  }

  write(name: string, isOurs: boolean): void {
    const uid = this.objects.get(name)?.metadata.uid ?? `uid${this.uids++}`;
    const written = object(name, uid, ++this.version);
    this.objects.set(name, written);
    this.history.push({ version: this.version, type: 'apply', object: written });
    const change = this.changed(name);
    if (isOurs) this.answers.push(() => this.answered(name, change, () => this.store.written(written)));
  }

  /** @param knows whether the writer knows the newest version, or only the one in the store */
  delete(name: string, isOurs: boolean, knows: boolean): void {
    const old = this.objects.get(name);
    if (!old) return;
    this.objects.delete(name);
    this.history.push({ version: ++this.version, type: 'remove', object: object(name, old.metadata.uid!, this.version) });
    const cached = this.store.get(keyOf(old));
    const known = !knows && cached?.metadata.uid === old.metadata.uid ? cached! : old;
    const change = this.changed(name);
    if (isOurs) this.answers.push(() => this.answered(name, change, () => this.store.deleted(known)));
  }

  private changed(name: string): number {
    this.ownLast.delete(name);
    this.lastChange.set(name, this.version);
    return this.version;
  }

  /** @param change the version that the server gave to it, be it a write or a delete */
  private answered(name: string, change: number, tell: () => void): void {
    tell();
    if (this.lastChange.get(name) === change) this.ownLast.set(name, this.objects.get(name)?.metadata.resourceVersion);
  }

  expectOwnWritesShown(): void {
    for (const [name, version] of this.ownLast) expect([name, this.store.get(`ns/${name}`)?.metadata.resourceVersion]).toEqual([name, version]);
  }

  answer(which: number): void {
    if (this.answers.length > 0) this.answers.splice(which % this.answers.length, 1)[0]();
  }

  watch(): void {
    if (this.list) return;
    const next = this.history.find(({ version }) => version > this.watched);
    if (!next) return;
    this.watched = next.version;
    this.store[next.type](next.object);
  }

  beginOrEndList(): void {
    if (this.list) {
      this.store.replace(this.list.objects, String(this.list.version));
      this.watched = this.list.version;
      this.list = undefined;
    } else {
      this.list = { objects: [...this.objects.values()], version: this.version };
    }
  }

  finish(): void {
    if (this.list) this.beginOrEndList();
    while (this.watched < this.version) this.watch();
    while (this.answers.length > 0) this.answer(0);
  }

  expectConverged(): void {
    const sorted = (objects: Iterable<KubeObject>) => [...objects].sort((a, b) => keyOf(a).localeCompare(keyOf(b)));
    expect(sorted(this.store.values())).toEqual(sorted(this.objects.values()));
    expect(sorted([...this.store.byIndex('parity', '0'), ...this.store.byIndex('parity', '1')])).toEqual(sorted(this.objects.values()));
    const { hidden } = this.store as unknown as { hidden: ReadonlyMap<string, unknown> };
    expect(hidden.size).toBe(0); // or the store would grow for ever
  }

  private refuseSteppingBack(): (change: Change<KubeObject>) => void {
    const last = new Map<string, number>();
    const gone = new Set<string>();
    return ({ object: shown, old }) => {
      if (old && old.metadata.uid !== shown?.metadata.uid) gone.add(old.metadata.uid!);
      if (!shown) return;
      const { name, uid, resourceVersion } = shown.metadata;
      if (gone.has(uid!)) throw new Error(`${name} ${uid} came back`);
      if (Number(resourceVersion) <= (last.get(name!) ?? 0)) throw new Error(`${name} went back to ${resourceVersion}`);
      last.set(name!, Number(resourceVersion));
    };
  }
}

const name = fc.constantFrom('a', 'b', 'c');
const step = fc.oneof(
  { weight: 4, arbitrary: fc.tuple(name, fc.boolean()).map(([who, ours]) => (model: Model) => model.write(who, ours)) },
  { weight: 3, arbitrary: fc.tuple(name, fc.boolean(), fc.boolean()).map(([who, ours, knows]) => (model: Model) => model.delete(who, ours, knows)) },
  { weight: 5, arbitrary: fc.nat(9).map((which) => (model: Model) => model.answer(which)) },
  { weight: 5, arbitrary: fc.constant((model: Model) => model.watch()) },
  { weight: 2, arbitrary: fc.constant((model: Model) => model.beginOrEndList()) },
);

test('in any interleaving, own writes are seen at once, no object steps back, and the end is what the server has', () => {
  fc.assert(fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
    const model = new Model();
    for (const take of steps) {
      take(model);
      model.expectOwnWritesShown();
    }
    model.finish();
    model.expectConverged();
  }), { numRuns: 5_000 });
});
