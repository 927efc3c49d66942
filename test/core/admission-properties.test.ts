import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { crdFiles } from '../../scripts/crds/files';
import { AdmissionRequest, AdmissionResult, ClusterTopologyBinding, FieldError, PodCliqueSet, admit, admitTopology } from '../../src/core';
import { json, nearlySound, oldAndNew, optional, set, sound, spoilt } from '../support/random-sets';
import { serverSchema } from '../support/server-schema';

const podCliqueSetSchema = crdFiles().find(({ crd }) => crd.spec.names.kind === 'PodCliqueSet')!.crd.spec.versions[0].schema.openAPIV3Schema;

const topology = (levels: string[]): ClusterTopologyBinding => ({
  apiVersion: 'grove.io/v1alpha1', kind: 'ClusterTopologyBinding', metadata: { name: 'dc' }, spec: { levels: levels.map(level => ({ domain: level, key: level })) },
});
const context = fc.record({
  topologies: fc.constantFrom([], [topology(['zone', 'rack', 'host'])]),
  config: fc.constantFrom<AdmissionRequest['config']>(
    {},
    { topologyAwareScheduling: false, autoMnnvl: false },
    { schedulers: ['default-scheduler', 'kai-scheduler', 'volcano', 'lpx-scheduler'], defaultScheduler: 'volcano' },
  ),
}, { requiredKeys: [] });

/** The same JSON with the keys of every object the other way round. */
function reversed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(reversed);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).reverse().map(([key, part]) => [key, reversed(part)]));
}

const told = (errors: readonly FieldError[]) => errors.map(({ type, field, detail }) => `${type} ${field} ${detail}`).sort();
const same = (one: AdmissionResult, other: AdmissionResult) => isDeepStrictEqual(
  [one.object, told(one.errors), [...one.warnings].sort()], [other.object, told(other.errors), [...other.warnings].sort()]);

test('10,000 odd objects get a verdict, and none an exception', () => {
  fc.assert(fc.property(fc.oneof(json, spoilt), optional(fc.oneof(json, spoilt)), context, (object, oldObject, rest) => {
    const { allowed, errors } = admit({ object, ...(oldObject === undefined ? {} : { oldObject }), ...rest } as AdmissionRequest);
    admitTopology({ object: object as unknown as ClusterTopologyBinding });
    return allowed === (errors.length === 0);
  }), { numRuns: 10_000 });
});

test('10,000 sets, good and bad: the result is admitted as it is, and the order of keys does not matter', () => {
  fc.assert(fc.property(set, context, (object, rest) => {
    const verdict = admit({ object, ...rest });
    return same(verdict, admit({ object: verdict.object, ...rest })) && same(verdict, admit({ object: reversed(object) as PodCliqueSet, ...rest }));
  }), { numRuns: 10_000 });
});

test('updates of one set to another: the order of keys does not matter', () => {
  fc.assert(fc.property(set, set, context, (object, oldObject, rest) => {
    const [turned, turnedOld] = [reversed(object), reversed(oldObject)] as PodCliqueSet[];
    return same(admit({ object, oldObject, ...rest }), admit({ object: turned!, oldObject: turnedOld!, ...rest }));
  }), { numRuns: 1_000 });
});

test('what is sound is allowed, as a new set and as an update that changes nothing, and the server\'s schema has nothing against the result', () => {
  const findings = serverSchema(podCliqueSetSchema);
  fc.assert(fc.property(sound, object => {
    const { allowed, object: admitted } = admit({ object, topologies: [topology(['zone', 'rack', 'host'])] });
    return allowed && admit({ object, oldObject: object }).allowed && admit({ object: admitted, oldObject: object }).allowed && findings(admitted).length === 0;
  }), { numRuns: 1_000 });
});

/** Go clients drop an update strategy of "" on their way, and admission takes it for none as upstream's does; a server that is sent it refuses it. */
const isSendable = (object: any) => object?.spec?.updateStrategy?.type !== '';

test('nothing that is allowed is refused by the server\'s schema, neither as it was sent nor with its defaults', () => {
  const findings = serverSchema(podCliqueSetSchema);
  let allowedOnes = 0;
  fc.assert(fc.property(fc.oneof(nearlySound, sound, set, spoilt), object => {
    const sent = JSON.parse(JSON.stringify(object ?? null)) as PodCliqueSet;
    const { allowed, object: admitted } = admit({ object: sent });
    allowedOnes += Number(allowed);
    return !allowed || ((!isSendable(sent) || findings(sent).length === 0) && findings(admitted).length === 0);
  }), { numRuns: 6_000 });
  expect(allowedOnes).toBeGreaterThan(1_000);
});

test('no update that is allowed is refused by the server\'s schema, whatever was there before', () => {
  const findings = serverSchema(podCliqueSetSchema);
  let allowedOnes = 0;
  fc.assert(fc.property(oldAndNew, ([oldObject, object]) => {
    const { allowed, object: admitted } = admit({ object, oldObject });
    allowedOnes += Number(allowed);
    return !allowed || (findings(object, oldObject).length === 0 && findings(admitted, oldObject).length === 0);
  }), { numRuns: 3_000 });
  expect(allowedOnes).toBeGreaterThan(500);
});

describe('objects that are too much', () => {
  const of = (template: object): PodCliqueSet => ({ apiVersion: 'grove.io/v1alpha1', kind: 'PodCliqueSet', metadata: { name: 'w' }, spec: { template } } as unknown as PodCliqueSet);
  const pods = { containers: [{ name: 'main' }] };
  const nested = (depth: number) => JSON.parse(`${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}`) as unknown;

  test.each<[string, PodCliqueSet]>([
    ['50,000 cliques that wait for one another in a ring', of({
      cliqueStartupType: 'CliqueStartupTypeExplicit',
      cliques: Array.from({ length: 50_000 }, (_, i) => ({ name: `c${i}`, spec: { roleName: `c${i}`, podSpec: pods, startsAfter: [`c${(i + 1) % 50_000}`] } })),
    })],
    ['100,000 groups of one clique', of({
      cliques: [{ name: 'a', spec: { roleName: 'a', podSpec: pods } }],
      podCliqueScalingGroups: Array.from({ length: 100_000 }, () => ({ name: 'g', cliqueNames: ['a'] })),
    })],
    ['200,000 variables', of({ cliques: [{ name: 'a', spec: { podSpec: { containers: [{ name: 'm', env: Array.from({ length: 200_000 }, () => ({ name: '' })) }] } } }] })],
    ['a pod spec 100,000 deep', of({ cliques: [{ name: 'a', spec: { podSpec: { ...pods, later: nested(100_000) } } }] })],
    ['texts of a megabyte', of({
      terminationDelay: '1'.repeat(1_000_000),
      cliques: [{ name: `${'-'.repeat(1_000_000)}a`, labels: { ['a/'.repeat(500_000)]: '.'.repeat(1_000_000) }, spec: { podSpec: pods } }],
    })],
  ])('%s', (_what, object) => {
    const start = performance.now();
    admit({ object });
    admit({ object, oldObject: object });
    expect(performance.now() - start).toBeLessThan(30_000);
  });

  test('claim templates 50,000 deep are compared', () => {
    const claims = (leaf: number) => of({
      cliques: [{ name: 'a', spec: { podSpec: pods } }],
      resourceClaimTemplates: [{ name: 'c', templateSpec: { spec: { devices: { requests: [{ name: 'r' }], config: [{ opaque: { driver: 'd', parameters: { deep: nested(50_000), leaf } } }] } } } }],
    });
    expect(admit({ object: claims(1), oldObject: claims(1) }).allowed).toBe(true);
    expect(admit({ object: claims(2), oldObject: claims(1) }).errors.map(({ field }) => field)).toEqual(['spec.template.resourceClaimTemplates']);
  });
});
