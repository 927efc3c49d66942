import { milliQuantity } from '../../src/core';

test.each([
  ['500m', 500], ['1', 1000], [2, 2000], ['1.5', 1500], ['64Gi', 64 * 2 ** 30 * 1000], ['1e3', 1_000_000], ['1E', 1e21], ['100k', 1e8], ['0.1', 100],
  ['1n', 1], ['0', 0], ['.5', 500], ['-2', -2000], ['12E2', 1_200_000],
])('%s', (quantity, milli) => {
  expect(milliQuantity(quantity)).toBe(milli);
});

test.each(['', 'many', '1 Gi', '1gi', 'Gi', '1.2.3'])('"%s" is refused with an example of what is right', text => {
  expect(() => milliQuantity(text)).toThrow(`"${text}" is not a quantity; write for example 500m`);
});
