import { Client, KubeObject, POD, Reflector, ResourceType, Store } from '../../controller/src/kube';
import { POD_CLIQUE, POD_CLIQUE_SET, POD_GANG, SCALING_GROUP } from '../../controller/src/state/resources';
import { Pod, PodClique, PodCliqueScalingGroup, PodCliqueSet, PodGang } from '../../src/core';
import { State } from '../support/embedded';

const NAMESPACED = { namespace: (object: KubeObject) => [object.metadata.namespace ?? ''] };

/** All that is Grove's on a real control plane, watched: looking at it costs the API server nothing, however often and by how many. */
export class View {
  private readonly sets = new Store<PodCliqueSet & KubeObject>(NAMESPACED);
  private readonly cliques = new Store<PodClique & KubeObject>(NAMESPACED);
  private readonly scalingGroups = new Store<PodCliqueScalingGroup & KubeObject>(NAMESPACED);
  private readonly gangs = new Store<PodGang & KubeObject>(NAMESPACED);
  private readonly pods = new Store<Pod & KubeObject>(NAMESPACED);
  private readonly waiting = new Map<string, Set<() => void>>();

  constructor(private readonly client: Client) {}

  /** Resolves when everything is known; follows the API server until the signal aborts. */
  async start(signal: AbortSignal): Promise<void> {
    await Promise.all([
      this.follow(POD_CLIQUE_SET, this.sets, signal), this.follow(POD_CLIQUE, this.cliques, signal), this.follow(SCALING_GROUP, this.scalingGroups, signal),
      this.follow(POD_GANG, this.gangs, signal), this.follow(POD, this.pods, signal),
    ]);
  }

  state(namespace: string): State {
    const of = <T extends KubeObject>(store: Store<T>) =>
      [...store.byIndex('namespace', namespace)].sort((a, b) => ((a.metadata.name ?? '') < (b.metadata.name ?? '') ? -1 : 1));
    return new State(of(this.sets), of(this.cliques), of(this.scalingGroups), of(this.gangs), of(this.pods));
  }

  /** Resolves with the first state of the namespace that the condition accepts, or with undefined after `limitMs`. */
  async first(namespace: string, condition: (state: State) => boolean, limitMs: number): Promise<State | undefined> {
    const giveUpMs = performance.now() + limitMs;
    for (;;) {
      const state = this.state(namespace);
      if (condition(state)) return state;
      if (performance.now() >= giveUpMs) return undefined;
      await this.change(namespace, giveUpMs - performance.now());
    }
  }

  /** Resolves after something in the namespace has changed, or when the time is over. */
  private change(namespace: string, limitMs: number): Promise<void> {
    const waiting = this.waiting.get(namespace) ?? new Set();
    this.waiting.set(namespace, waiting);
    return new Promise(resolve => {
      const wake = () => {
        clearTimeout(timer);
        waiting.delete(wake);
        resolve();
      };
      const timer = setTimeout(wake, limitMs);
      waiting.add(wake);
    });
  }

  private async follow<T extends KubeObject>(type: ResourceType, store: Store<T>, signal: AbortSignal): Promise<void> {
    store.subscribe(({ object, old }) => {
      for (const wake of [...this.waiting.get((object ?? old)?.metadata.namespace ?? '') ?? []]) wake();
    });
    const reflector = new Reflector({ client: this.client, type, store });
    void reflector.run(signal);
    await reflector.synced;
  }
}
