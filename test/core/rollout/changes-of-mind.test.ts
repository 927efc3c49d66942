import { calm, started } from './model/history';

const one = { replicas: 1, minAvailable: 1 };
const system = () => started({ copies: 1, alone: one, group: { ...one, pods: 1 } });

test('a clique whose update is overtaken by another change, which it meets by chance, does not update for ever', () => {
  const world = system();
  world.edit(0);
  world.reconcileAll();
  world.edit(0);
  world.scaleSet(2);
  calm(world);
});

test('what was made from a template that was taken back before any status told of it is updated', () => {
  const world = system();
  world.edit(1);
  world.scaleGroup('w-0-g', 2);
  world.reconcileGroup('w-0-g');
  world.revert();
  calm(world);
});

test('a group that has begun with a change before its set knew of it waits for its turn', () => {
  const world = started({ copies: 1, alone: one, group: { replicas: 2, minAvailable: 2, pods: 1 } });
  world.edit(0);
  world.reconcileAll();
  world.edit(1);
  world.reconcileGroup('w-0-g');
  world.scaleSet(2);
  calm(world);
});
