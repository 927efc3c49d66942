import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import * as grove from '../../src';

const PAGE = readFileSync(resolve(__dirname, '../../docs/reference/constructs.md'), 'utf8');
const exported = grove as unknown as Record<string, any>;
const words = [...PAGE.matchAll(/`([A-Z]\w+)\.(\w+)[^`]*`/g)].map(([, type, member]) => [type!, member!] as const).filter(([type]) => type !== 'ApiObject');

test('every word on the page is one', () => {
  const missing = words.filter(([type, member]) => !exported[type] || !(member in exported[type] || member in (exported[type].prototype ?? {})));
  expect(words.length).toBeGreaterThan(50);
  expect(missing).toEqual([]);
});

test('every factory is on the page', () => {
  const factories = Object.entries(exported).filter(([, type]) => typeof type === 'function').flatMap(([name, type]) => (
    Object.getOwnPropertyNames(type).filter(member => typeof type[member] === 'function' && !member.startsWith('_')).map(member => `${name}.${member}`)
  ));
  expect(factories.length).toBeGreaterThan(25);
  const known = new Set(words.map(([type, member]) => `${type}.${member}`));
  expect(factories.filter(factory => !known.has(factory))).toEqual([]);
});
