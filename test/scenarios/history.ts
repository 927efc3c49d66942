import { History } from './cluster';
import { Client, Clock, KubeObject, POD, Reflector, Store } from '../../controller/src/kube';
import { Pod } from '../../src/core';

/** Records the pods of a namespace from now on until the signal aborts: the watch tells every state that the API server had, in order. */
export async function recordPods(client: Client, namespace: string, signal: AbortSignal, clock?: Clock): Promise<History> {
  const store = new Store<Pod & KubeObject>();
  const states: Pod[][] = [];
  const record = () => states.push([...store.values()]);
  store.subscribe(record);
  const reflector = new Reflector({ client, type: POD, store, selection: { namespace }, ...(clock ? { clock } : {}) });
  void reflector.run(signal);
  await reflector.synced;
  states.length = 0; // the first list came pod by pod
  record();
  return { states };
}
