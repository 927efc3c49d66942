import fc from 'fast-check';
import { isSame } from '../../constructs/same';

test.each<[unknown, unknown, boolean]>([
  [{ a: 1 }, { a: 1 }, true],
  [{ a: 1 }, { a: 2 }, false],
  [{ a: 1, b: undefined }, { a: 1 }, true],
  [{ a: 1 }, { a: 1, b: undefined }, true],
  [{ a: 1 }, { a: 1, b: 2 }, false],
  [{ a: 1, b: 2 }, { a: 1 }, false],
  [[1, 2], [1, 2], true],
  [[1, 2], [2, 1], false],
  [[1], { 0: 1 }, false],
  [[], {}, false],
  [null, {}, false],
  [undefined, null, false],
  ['1', 1, false],
])('%j and %j: %s', (one, other, expected) => {
  expect(isSame(one, other)).toBe(expected);
  expect(isSame(other, one)).toBe(expected);
});

test('what is the same is written the same, and the other way round', () => {
  const sorted = (value: unknown): unknown => (typeof value !== 'object' || value === null ? value
    : Array.isArray(value) ? value.map(sorted)
      : Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)).map(([field, content]) => [field, sorted(content)]));
  const value = fc.jsonValue({ maxDepth: 3 }).map(json => JSON.parse(JSON.stringify(json)));
  fc.assert(fc.property(value, value, (one, other) => {
    expect(isSame(one, structuredClone(one))).toBe(true);
    if (isSame(one, other)) expect(JSON.stringify(sorted(one))).toBe(JSON.stringify(sorted(other)));
    else expect([one, other]).not.toEqual([other, other]);
  }));
});
