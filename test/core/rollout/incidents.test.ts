import { calm, started } from './model/history';
import { ModelWorld } from './model/world';
import { LABEL, Pod, generationHash, isActive, isReady } from '../../../src/core';

/* What has happened to users of upstream's controller, replayed. */

const active = (world: ModelWorld) => world.pods.filter(isActive);
const ready = (world: ModelWorld) => active(world).filter(isReady);
const uids = (pods: readonly Pod[]) => pods.map(({ metadata }) => metadata.uid).sort();
const member = (world: ModelWorld) => world.members.get('w-0-a')!;

test('grove#697: of two pods of which one is needed one goes at a time, though both have crashed before and are ready again', () => {
  const world = started({ copies: 1, alone: { replicas: 2, minAvailable: 1 } });
  member(world).pods = member(world).pods.map(pod => (
    { ...pod, status: { ...pod.status!, containerStatuses: [{ name: 'main', started: true, ready: true, restartCount: 1, lastState: { terminated: { exitCode: 137 } } }] } }));
  world.edit(0);
  for (let pass = 0; pass < 20; pass++) {
    world.reconcileAll();
    expect(ready(world)).toHaveLength(1);
  }
  world.pass();
  world.becomeReady();
  world.reconcileAll();
  expect(ready(world)).toHaveLength(1);
  calm(world);
});

test('grove#697: an edit while one of two pods is not ready waits for no budget, and leaves the other one', () => {
  const world = started({ copies: 1, alone: { replicas: 2, minAvailable: 1 } });
  world.setReady(0, false);
  const [serving] = ready(world);
  world.edit(0);
  for (let pass = 0; pass < 20; pass++) {
    world.reconcileAll();
    world.pass();
    expect(uids(ready(world))).toEqual(uids([serving!]));
  }
  calm(world);
});

test('grove#400: an edit in the middle of an update leads to the last template, and the counts tell so', () => {
  const world = started({ copies: 1, alone: { replicas: 3, minAvailable: 2 } });
  world.edit(0);
  world.reconcileAll();
  world.pass();
  world.becomeReady();
  world.reconcileAll();
  world.edit(0);
  calm(world);
  const { clique, pods } = member(world);
  expect(pods.map(pod => pod.spec.containers[0].image)).toEqual(['a:3', 'a:3', 'a:3']);
  expect(clique.status).toMatchObject({ updatedReplicas: 3, currentPodCliqueSetGenerationHash: generationHash(world.set) });
});

test('an update that is taken back on its way leaves no pod of it', () => {
  const world = started({ copies: 2, alone: { replicas: 3, minAvailable: 2 }, group: { replicas: 2, minAvailable: 1, pods: 1 } });
  const before = uids(active(world));
  world.edit(0);
  world.edit(1);
  world.reconcileAll();
  world.pass();
  world.becomeReady();
  world.reconcileAll();
  world.revert();
  calm(world);
  expect(new Set(world.pods.map(pod => pod.spec.containers[0].image))).toEqual(new Set(['a:1', 'b:1']));
  expect(uids(active(world)).filter(uid => before.includes(uid)).length).toBeGreaterThanOrEqual(5);
});

test('grove#565: scaling time after time is no update: no pod goes, and the counts are those of the pods', () => {
  const world = started({ copies: 1, alone: { replicas: 1, minAvailable: 1 }, group: { replicas: 1, minAvailable: 1, pods: 2 } });
  const before = uids(active(world));
  for (let replicas = 2; replicas <= 6; replicas++) {
    world.scaleClique('w-0-a', replicas);
    world.scaleGroup('w-0-g', replicas);
    world.reconcileAll();
    expect(uids(active(world))).toEqual(expect.arrayContaining(before));
  }
  calm(world);
  expect(world.set.status?.updateProgress).toBeUndefined();
  expect(member(world).clique.status).toMatchObject({ replicas: 6, updatedReplicas: 6, readyReplicas: 6 });
});

test('grove#565: scaling in the middle of an update neither starts it anew nor replaces what it has made', () => {
  const world = started({ copies: 1, alone: { replicas: 2, minAvailable: 1 } });
  world.edit(0);
  world.reconcileAll();
  const { updateStartedAt } = world.set.status!.updateProgress!;
  const made = active(world).filter(pod => pod.metadata.labels![LABEL.podTemplateHash] === member(world).clique.metadata.labels![LABEL.podTemplateHash]);
  for (const replicas of [3, 4, 5]) {
    world.scaleClique('w-0-a', replicas);
    world.reconcileAll();
  }
  calm(world);
  expect(uids(active(world))).toEqual(expect.arrayContaining(uids(made)));
  expect(world.set.status!.updateProgress).toMatchObject({ updateStartedAt, updateEndedAt: expect.any(String) });
  expect(member(world).clique.status).toMatchObject({ replicas: 5, updatedReplicas: 5 });
});
