import fc from 'fast-check';
import { ModelWorld, Shape } from './world';

/** Passes that everything takes at most when nothing happens any more: each unit of each part, one after the other, and some to look about. */
const LONGEST = 80;

const width = fc.option(fc.integer({ min: 1, max: 4 }), { nil: undefined });
const sized = fc.tuple(fc.integer({ min: 1, max: 4 }), fc.nat(3)).map(([replicas, spare]) => ({ replicas, minAvailable: Math.max(1, replicas - spare) }));
const shape: fc.Arbitrary<Shape> = fc.record({
  copies: fc.integer({ min: 1, max: 2 }),
  alone: fc.tuple(sized, width).map(([size, maxUnavailable]) => ({ ...size, maxUnavailable })),
  group: fc.option(
    fc.tuple(sized, fc.integer({ min: 1, max: 2 }), width).map(([size, pods, maxUnavailable]) => ({ ...size, pods, maxUnavailable })), { nil: undefined },
  ),
});

/** One thing that happens: what the number stands for, and which object or how many it is about. */
type Happening = readonly [kind: number, detail: number];
const happenings = fc.array(fc.tuple(fc.nat(15), fc.nat(11)), { maxLength: 16 });

/** What is changed of the set besides its templates. */
const CHANGES: readonly ((world: ModelWorld, detail: number) => void)[] = [
  world => world.switchStrategy(),
  (world, detail) => world.repace(1 + (detail % 3)),
  (world, detail) => world.scaleSet(detail % 3),
  world => world.repace(undefined),
];

const KINDS: readonly ((world: ModelWorld, detail: number) => void)[] = [
  world => world.reconcileAll(),
  world => world.reconcileSet(),
  (world, detail) => nth(world.members, detail, name => world.reconcileClique(name)),
  (world, detail) => nth(world.groups, detail, name => world.reconcileGroup(name)),
  world => world.pass(),
  (world, detail) => world.setReady(detail, true),
  world => world.becomeReady(),
  world => world.becomeReady(),
  (world, detail) => world.setReady(detail, false),
  (world, detail) => world.fail(detail),
  (world, detail) => world.deletePod(detail),
  (world, detail) => world.edit(detail % 2 === 0 ? 0 : 1),
  (world, detail) => (detail % 3 === 0 ? world.revert() : world.edit(0)),
  (world, detail) => nth(world.members, detail, name => { if (name.endsWith('-a')) world.scaleClique(name, 1 + (detail % 5)); }),
  (world, detail) => nth(world.groups, detail, name => world.scaleGroup(name, 1 + (detail % 4))),
  (world, detail) => CHANGES[detail % CHANGES.length]!(world, detail),
];

function nth(objects: ReadonlyMap<string, unknown>, index: number, act: (name: string) => void): void {
  const names = [...objects.keys()];
  if (names.length > 0) act(names[index % names.length]!);
}

const beginnings = new Map<string, ModelWorld>();

/** A system that has started and is wholly well. */
export function started(system: Shape): ModelWorld {
  const key = JSON.stringify(system);
  const known = beginnings.get(key);
  if (known) return known.copy();
  const world = new ModelWorld(system);
  calm(world);
  beginnings.set(key, world.copy());
  return world;
}

/** Lets everything come to rest, and counts the passes that it takes. */
export function calm(world: ModelWorld): number {
  for (let passes = 0; passes < LONGEST; passes++) {
    world.reconcileAll();
    if (world.isSettled) return passes;
    world.pass();
    world.becomeReady();
  }
  throw new Error(`after ${LONGEST} passes: ${world.describe()}`);
}

/** Plays so many histories of updates, accidents and changes of mind: nothing needed is taken, and in the end everything is as it should be. */
export function playHistories(count: number, seed: number): void {
  fc.assert(fc.property(shape, happenings, (system, history: readonly Happening[]) => {
    const world = started(system);
    for (const [kind, detail] of history) KINDS[kind]!(world, detail);
    calm(world);
  }), { numRuns: count, seed });
}
