import { dirname } from 'node:path';
import { Testing } from 'cdk8s';
import { crdFiles } from '../../scripts/crds/files';
import { CrdSize, Crds, CrdsProps } from '../../src';

function synthesized(props?: CrdsProps): unknown[] {
  const chart = Testing.chart();
  new Crds(chart, 'crds', props);
  return Testing.synth(chart);
}

const generated = (folder: string) => crdFiles().filter(({ path }) => dirname(path) === folder).map(({ crd }) => crd);
const minimal = generated('crds/minimal');
const full = generated('crds');

test('says nothing of descriptions unless asked, so that every way of applying works', () => {
  expect(synthesized()).toEqual(minimal);
});

test('carries the descriptions when asked', () => {
  expect(synthesized({ size: CrdSize.FULL })).toEqual(full);
});

test('defines all five kinds', () => {
  expect(minimal.map(crd => crd.spec.names.kind)).toEqual(['ClusterTopologyBinding', 'PodClique', 'PodCliqueScalingGroup', 'PodCliqueSet', 'PodGang']);
});
