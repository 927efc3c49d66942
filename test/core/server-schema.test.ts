import { serverSchema } from '../support/server-schema';

/** The judge of the other tests, judged by what Kubernetes documents of structural schemas. */

const rule = (text: string, more: object = {}) => ({ 'x-kubernetes-validations': [{ rule: text, message: 'm', ...more }] });
const of = (properties: object, more: object = {}) => serverSchema({ type: 'object', properties: properties as never, ...more });

test('a number or a text, and nothing else', () => {
  const judge = of({ port: { 'x-kubernetes-int-or-string': true, 'anyOf': [{ type: 'integer' }, { type: 'string' }], 'pattern': '^a' } });
  expect([judge({ port: 1 }), judge({ port: 'a' }), judge({ port: 'b' }), judge({ port: 1.5 }), judge({ port: true })]).toEqual([[], [], ['Invalid port'], ['Invalid port', 'Invalid port'], ['Invalid port', 'Invalid port']]);
  expect([judge({ port: 2 ** 53 }), judge({ port: 2 ** 63 })]).toEqual([[], ['Invalid port', 'Invalid port']]);
});

test('null where it may be, and where a default takes its place', () => {
  const judge = of({ a: { type: 'string', nullable: true }, b: { type: 'string' }, c: { type: 'string', default: 'x', enum: ['x'] } });
  expect([judge({ a: null }), judge({ c: null }), judge({ c: 'y' })]).toEqual([[], [], ['NotSupported c']]);
});

test('a null that may not be counts as absent in fields and maps, and is a mistake in lists', () => {
  const text = { type: 'string' };
  const judge = of({ field: text, must: text, map: { type: 'object', additionalProperties: text }, list: { type: 'array', items: text } }, { required: ['must'] });
  expect([judge({ must: 'x', field: null, map: { a: null } }), judge({ must: null }), judge({ must: 'x', list: [null] })]).toEqual([[], ['Required must'], ['Invalid list[0]']]);
});

test('whole numbers of 32 and of 64 bits, and times', () => {
  const judge = of({ small: { type: 'integer', format: 'int32' }, large: { type: 'integer', format: 'int64' }, at: { type: 'string', format: 'date-time' } });
  expect(judge({ small: 2 ** 31 - 1, large: 2 ** 53, at: '2026-01-01T00:00:00Z' })).toEqual([]);
  expect(judge({ small: 2 ** 31, large: 1e300, at: 'now' })).toEqual(['Invalid small', 'Invalid large', 'Invalid at']);
});

test('fields that the schema does not know are passed over', () => {
  expect(of({ free: { 'type': 'object', 'x-kubernetes-preserve-unknown-fields': true } })({ other: 1, free: { any: [1, null] } })).toEqual([]);
});

test('lists whose entries differ, by their keys or as a whole', () => {
  const item = { type: 'object', properties: { name: { type: 'string' }, port: { type: 'integer' } } };
  const judge = of({
    byName: { 'type': 'array', 'items': item, 'x-kubernetes-list-type': 'map', 'x-kubernetes-list-map-keys': ['name', 'port'] },
    values: { 'type': 'array', 'items': { type: 'string' }, 'x-kubernetes-list-type': 'set' },
  });
  expect(judge({ byName: [{ name: 'a', port: 1 }, { name: 'a', port: 2 }], values: ['a', 'b'] })).toEqual([]);
  expect(judge({ byName: [{ name: 'a', port: 1 }, { name: 'a', port: 1 }], values: ['a', 'a'] })).toEqual(['Duplicate byName[1]', 'Duplicate values[1]']);
});

test('rules in CEL see whole numbers, defaults and what is there, and report where they say', () => {
  const judge = of({ least: { type: 'integer', default: 1 }, most: { type: 'integer' } }, rule('!has(self.most) || self.least <= self.most', { fieldPath: '.most', reason: 'FieldValueForbidden' }));
  expect([judge({}), judge({ most: 1 }), judge({ most: 0 })]).toEqual([[], [], ['Forbidden most']]);
});

test('a rule on a transition is asked of what was there before, found again by its key', () => {
  const item = { type: 'object', properties: { name: { type: 'string' }, size: { type: 'integer' } }, ...rule('self.size >= oldSelf.size') };
  const judge = of({ list: { 'type': 'array', 'items': item, 'x-kubernetes-list-type': 'map', 'x-kubernetes-list-map-keys': ['name'] } });
  const old = { list: [{ name: 'a', size: 1 }, { name: 'b', size: 5 }] };
  expect(judge({ list: [{ name: 'b', size: 1 }] })).toEqual([]);
  expect(judge({ list: [{ name: 'b', size: 5 }, { name: 'a', size: 1 }, { name: 'c', size: 0 }] }, old)).toEqual([]);
  expect(judge({ list: [{ name: 'c', size: 0 }, { name: 'b', size: 4 }] }, old)).toEqual(['Invalid list[1]']);
});

test('a rule that may do without the old value is asked of new objects too', () => {
  const judge = of({ legacy: { type: 'string' } }, rule('oldSelf.hasValue() || !has(self.legacy)', { optionalOldSelf: true, fieldPath: '.legacy' }));
  expect([judge({ legacy: 'x' }), judge({ legacy: 'x' }, {}), judge({})]).toEqual([['Invalid legacy'], [], []]);
});

test('no rule is asked of an object that lacks something', () => {
  expect(of({ a: { type: 'string' } }, { required: ['a'], ...rule('self.a == "x"') })({})).toEqual(['Required a']);
});
