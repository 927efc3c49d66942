import { Pod, PodGang, hasInherited } from '../../../src/core';
import { aGang, aPod } from '../../support/objects';

const placed = (lastTransitionTime: string): Pod => (
  { ...aPod('p', { node: 'n' }), status: { phase: 'Running', conditions: [{ type: 'PodScheduled', status: 'True', lastTransitionTime }] } });
const made = (creationTimestamp: string): PodGang => {
  const gang = aGang('g', [['c', 1, ['p']]]);
  return { ...gang, metadata: { ...gang.metadata, creationTimestamp } };
};
const asks = (gang: PodGang, pod: Pod) => hasInherited({ gang, pods: new Map([['p', pod]]) });

test('a gang that was made after its pods had nodes has them from its predecessor', () => {
  expect(asks(made('2026-01-01T00:01:00Z'), placed('2026-01-01T00:00:30Z'))).toBe(true);
  expect(asks(made('2026-01-01T00:01:00Z'), placed('2026-01-01T00:01:00Z'))).toBe(false);
  expect(asks(made('2026-01-01T00:01:00Z'), aPod('p'))).toBe(false);
});
