import fc from 'fast-check';
import { resourcePath } from '../../controller/src/kube/resource';
import { POD_CLIQUE_SET } from '../../controller/src/state/resources';
import { PodCliqueSet, admit, unknownFields } from '../../src/core';
import { send } from '../control-plane/admin';
import { connect } from '../control-plane/connect';
import { recordedVerdicts } from '../golden/schema-verdicts';
import { nearlySound, sound } from '../support/random-sets';

const { login, namespace: newNamespace } = connect();
let namespace: string;
beforeAll(async () => { namespace = await newNamespace('admission'); });

/** What the API server has against an object; nothing is stored. */
async function refusal(object: PodCliqueSet, options = ''): Promise<string | undefined> {
  const placed = { ...object, metadata: { ...object.metadata, namespace } };
  const { status, body } = await send(login, 'POST', `${resourcePath(POD_CLIQUE_SET, { namespace })}?dryRun=All${options}`, placed);
  return status === 201 ? undefined : body.message;
}

const creates = recordedVerdicts().filter(({ oldObject }) => oldObject === undefined);
const allowed = creates.flatMap(({ id, object }) => {
  const verdict = admit({ object });
  return verdict.allowed ? [{ id, object }, { id: `${id} with defaults`, object: verdict.object }] : [];
});

(allowed.length > 0 ? test : test.skip)('the server takes every recorded set that is admitted', async () => {
  const refusals = await Promise.all(allowed.map(async ({ id, object }) => [id, await refusal(object)]));
  expect(refusals.filter(([, message]) => message !== undefined)).toEqual([]);
  expect(allowed.length).toBeGreaterThan(100);
}, 120_000);

test('the server takes every random set that is admitted, sound or with something odd in it', async () => {
  const objects = [...fc.sample(sound, { numRuns: 50, seed: 1 }), ...fc.sample(nearlySound, { numRuns: 5_000, seed: 1 })];
  const admitted = objects.flatMap(sent => {
    const { allowed: isAllowed, object } = admit({ object: sent });
    return isAllowed ? [sent, object] : [];
  });
  const refusals = await Promise.all(admitted.map(async object => ({ message: await refusal(object), object })));
  expect(refusals.flatMap(({ message, object }) => (message === undefined ? [] : [`${message}: ${JSON.stringify(object)}`]))).toEqual([]);
  expect(admitted.length).toBeGreaterThan(200);
}, 120_000);

test('a server that is asked to be strict, as kubectl asks it, knows the fields that we know', async () => {
  const strictly = (object: PodCliqueSet) => refusal(object, '&fieldValidation=Strict');
  const clique = {
    name: 'a',
    startAfter: [],
    annotations: { anything: 'goes' },
    spec: { roleName: 'a', replcas: 2, podSpec: { hostNetwrk: true, nodeSelector: { any: 'thing' }, containers: [{ name: 'main', image: 'none', resorces: {} }] } },
  };
  const object = {
    apiVersion: 'grove.io/v1alpha1',
    kind: 'PodCliqueSet',
    metadata: { name: 'w', lables: {}, creationTimestamp: null, managedFields: [] },
    spec: { template: { cliques: [clique] } },
    status: {},
  };
  const set = object as unknown as PodCliqueSet;
  const told = [...(await strictly(set) ?? '').matchAll(/unknown field "([^"]+)"/g)].map(([, field]) => field);
  const ours = unknownFields(set, 'PodCliqueSet').map(({ field }) => field);
  expect(told.sort()).toEqual(ours.sort());
  expect(ours).toHaveLength(5);
}, 30_000);
