import { LABEL, PodClique, PodCliqueScalingGroup, PodCliqueSet, desiredMemberCliques, desiredScalingGroups, planGroupUpdate, withPodCounts } from '../../../src/core';
import { EPOCH_MS, aCliqueTemplate, aPod, aSet } from '../../support/objects';

const template = (image: string): PodCliqueSet['spec']['template'] => ({
  cliques: [aCliqueTemplate('b', 1, 1, { containers: [{ name: 'main', image }] })],
  podCliqueScalingGroups: [{ name: 'x', cliqueNames: ['b'], replicas: 3, minAvailable: 1 }],
});
const before = aSet('w', template('v1'));
const after: PodCliqueSet = {
  ...aSet('w', template('v2')), status: { availableReplicas: 1, updatedReplicas: 0, updateProgress: { currentlyUpdating: [{ replicaIndex: 0 }] } },
};
const status = { scheduledReplicas: 3, availableReplicas: 0, updatedReplicas: 0, currentPodCliqueSetGenerationHash: 'before' };
const group: PodCliqueScalingGroup = { ...desiredScalingGroups(before, 0)[0]!, status };
const members = (j: number): PodClique[] => desiredMemberCliques(before, 0, before.spec.template.podCliqueScalingGroups![0]!, j);
const podsOf = ({ metadata }: PodClique) => [aPod(`${metadata.name}-p`, { clique: metadata.name!, node: 'n', ready: true, hash: metadata.labels![LABEL.podTemplateHash]! })];

test('replicas of which no status tells yet that they are ready are taken one by one, for their pods tell it (ai-dynamo/grove#765)', () => {
  const counted = (j: number) => members(j).map(clique => withPodCounts(clique, podsOf(clique)));
  expect(planGroupUpdate(after, group, counted, EPOCH_MS).recreate).toEqual([0]);
  expect(planGroupUpdate(after, group, members, EPOCH_MS).recreate).toEqual([0, 1, 2]);
});

test('a group takes as many replicas at a time as its pace says, and leaves its minimum', () => {
  const paced = (maxUnavailable: number): PodCliqueSet => {
    const { cliques, podCliqueScalingGroups: [config] = [] } = after.spec.template;
    return { ...after, spec: { ...after.spec, template: { cliques, podCliqueScalingGroups: [{ ...config!, rollingUpdate: { maxUnavailable } }] } } };
  };
  const counted = (j: number) => members(j).map(clique => withPodCounts(clique, podsOf(clique)));
  expect([2, 3].map(width => planGroupUpdate(paced(width), group, counted, EPOCH_MS).recreate)).toEqual([[0, 1], [0, 1]]);
});
