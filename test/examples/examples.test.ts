import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { parse, parseAllDocuments } from 'yaml';
import { EXAMPLES, exampleObjects, exampleSet, exampleTopologies } from './charts';
import { runCommandLine } from '../../controller/src/cli/program';
import { KubeObject, LABEL, Pod, PodClique, PodGang, admit, expand } from 'cdk8s-grove/core';

const FOLDER = resolve(__dirname, '../../examples');
const names = readdirSync(FOLDER);
const withSets = names.filter(name => name !== 'topology');
const topologies = exampleTopologies;

/** Runs the command that `cdk8s synth` would run and returns the manifest that it writes. */
async function synthesize(name: string): Promise<string> {
  const folder = join(FOLDER, name);
  const outdir = mkdtempSync(join(tmpdir(), `grove-${name}-`));
  const { app } = parse(readFileSync(join(folder, 'cdk8s.yaml'), 'utf8'));
  await promisify(execFile)('sh', ['-c', app], { cwd: folder, env: { ...process.env, CDK8S_OUTDIR: outdir } });
  expect(readdirSync(outdir)).toEqual([`${name}.k8s.yaml`]);
  return readFileSync(join(outdir, `${name}.k8s.yaml`), 'utf8');
}

const committed = (name: string) => readFileSync(join(FOLDER, name, `${name}.k8s.yaml`), 'utf8');

function ofKind<T>(objects: readonly KubeObject[], kind: string): T[] {
  return objects.filter(object => object.kind === kind) as unknown as T[];
}

/** Who waits for whom, by name. */
function waits(objects: readonly KubeObject[]): Record<string, readonly string[]> {
  const cliques = ofKind<PodClique>(objects, 'PodClique');
  return Object.fromEntries(cliques.flatMap(({ metadata, spec }) => (spec.startsAfter?.length ? [[metadata.name, spec.startsAfter]] : [])));
}

/** Each gang with its groups and their floors. */
function gangs(objects: readonly KubeObject[]): Record<string, Record<string, number>> {
  return Object.fromEntries(ofKind<PodGang>(objects, 'PodGang').map(({ metadata, spec }) =>
    [metadata.name, Object.fromEntries(spec.podgroups.map(({ name, minReplicas }) => [name, minReplicas]))]));
}

function gpuPods(objects: readonly KubeObject[]): number[] {
  const gpus = (pod: Pod) => pod.spec.containers.reduce((sum, { resources }) => sum + Number(resources?.limits?.['nvidia.com/gpu'] ?? 0), 0);
  return ofKind<Pod>(objects, 'Pod').map(gpus).filter(count => count > 0);
}

describe.each(names)('examples/%s', name => {
  test('has all that an example has', () => {
    for (const file of ['main.ts', 'chart.ts', 'cdk8s.yaml', 'README.md', `${name}.k8s.yaml`]) expect([file, existsSync(join(FOLDER, name, file))]).toEqual([file, true]);
    expect(Object.keys(EXAMPLES)).toContain(name);
  });

  test('its command writes, twice, the manifest that stands beside it', async () => {
    const [first, second] = await Promise.all([synthesize(name), synthesize(name)]);
    expect(second).toBe(first);
    expect(committed(name)).toBe(first);
  });

  test('the chart gives the same objects without a process of its own', () => {
    expect(exampleObjects(name)).toEqual(parseAllDocuments(committed(name)).map(document => document.toJS()));
  });
});

describe.each(withSets)('the set of examples/%s', name => {
  test('is admitted, and admission adds nothing', () => {
    const set = exampleSet(name);
    const { allowed, errors, object } = admit({ object: set, topologies: topologies() });
    expect(errors).toEqual([]);
    expect(allowed).toBe(true);
    expect(object.spec).toEqual(set.spec);
  });

  test('passes grove validate and expands, straight from its folder', async () => {
    const run = async (...words: string[]) => {
      const written = { out: '', err: '' };
      const code = await runCommandLine(words, { out: { write: text => (written.out += text) }, err: { write: text => (written.err += text) } });
      return { code, ...written };
    };
    expect(await run('validate', '-f', join(FOLDER, name), join(FOLDER, 'topology'))).toMatchObject({ code: 0, out: expect.stringMatching(/^ok /), err: '' });
    const { code, out } = await run('expand', '-f', join(FOLDER, name), join(FOLDER, 'topology'), '-o', 'json');
    expect(code).toBe(0);
    expect(JSON.parse(out).items).toEqual(JSON.parse(JSON.stringify(expand(exampleSet(name), { topologies: topologies() }))));
  });
});

test('chatbot: one gang with room above its floor, the router last, near one another if possible', () => {
  const objects = expand(exampleSet('chatbot'), { topologies: topologies() });
  expect(gangs(objects)).toEqual({ 'chatbot-0': { 'chatbot-0-prefill': 2, 'chatbot-0-decode': 4, 'chatbot-0-router': 1 } });
  expect(waits(objects)).toEqual({ 'chatbot-0-router': ['chatbot-0-prefill', 'chatbot-0-decode'] });
  expect(gpuPods(objects)).toEqual(Array(12).fill(4));
  const [gang] = ofKind<PodGang>(objects, 'PodGang');
  expect(gang!.spec.topologyConstraint).toEqual({ packConstraint: { preferred: 'nvidia.com/gpu.clique' } });
});

test('chatbot: the router asks for pods that are there', () => {
  const objects = expand(exampleSet('chatbot'));
  const router = ofKind<Pod>(objects, 'Pod').find(({ metadata }) => metadata.labels?.[LABEL.podClique] === 'chatbot-0-router')!;
  const [main] = router.spec.containers;
  const values = new Map(main!.env!.map(({ name, value }) => [name, value]));
  const addresses = (main!.args as string[]).filter(word => word.startsWith('http://'))
    .map(word => word.replace(/\$\((\w+)\)/g, (_, variable) => values.get(variable) ?? `no ${variable}`));
  const hosts = ofKind<Pod>(objects, 'Pod').filter(pod => gpuPods([pod as unknown as KubeObject]).length > 0)
    .map(({ spec }) => `http://${spec.hostname}.${spec.subdomain}.default.svc.cluster.local:30000`);
  expect(addresses.sort()).toEqual(hosts.sort());
});

test('single-gpu: one pod, one gang, nobody waits', () => {
  const objects = expand(exampleSet('single-gpu'));
  expect(gangs(objects)).toEqual({ 'qwen-0': { 'qwen-0-server': 1 } });
  expect(waits(objects)).toEqual({});
  expect(gpuPods(objects)).toEqual([1]);
});

test('autoscaling: a gang for each instance, the first with a router, each in a rack; an autoscaler for instances and one for routers', () => {
  const objects = expand(exampleSet('autoscaling'), { topologies: topologies() });
  expect(gangs(objects)).toEqual({
    'maverick-0': { 'maverick-0-instance-0-leader': 1, 'maverick-0-instance-0-worker': 3, 'maverick-0-router': 1 },
    'maverick-0-instance-0': { 'maverick-0-instance-1-leader': 1, 'maverick-0-instance-1-worker': 3 },
  });
  expect(waits(objects)).toEqual({
    'maverick-0-instance-0-worker': ['maverick-0-instance-0-leader'], 'maverick-0-instance-1-worker': ['maverick-0-instance-1-leader'],
  });
  const autoscalers = ofKind<{ spec: { scaleTargetRef: { name: string }; maxReplicas: number } }>(objects, 'HorizontalPodAutoscaler');
  expect(autoscalers.map(({ spec }) => [spec.scaleTargetRef.name, spec.maxReplicas]).sort()).toEqual([['maverick-0-instance', 4], ['maverick-0-router', 6]]);
});

test('kimi-k2-wide-ep: one prefill pod is enough to begin with, the decode engine is whole; eleven pods, 40 GPUs', () => {
  const objects = expand(exampleSet('kimi-k2-wide-ep'), { topologies: topologies() });
  expect(gangs(objects)).toEqual({
    'kimi-k2-0': { 'kimi-k2-0-frontend': 1, 'kimi-k2-0-prefill': 1, 'kimi-k2-0-decode-0-worker': 7, 'kimi-k2-0-decode-0-leader': 1 },
  });
  expect(waits(objects)).toEqual({ 'kimi-k2-0-decode-0-leader': ['kimi-k2-0-decode-0-worker'] });
  expect(gpuPods(objects)).toEqual(Array(10).fill(4));
});

test('deepseek-r1-vllm-gb200: five pods in any order, 16 GPUs', () => {
  const objects = expand(exampleSet('deepseek-r1-vllm-gb200'), { topologies: topologies() });
  expect(Object.values(gangs(objects))).toHaveLength(1);
  expect(waits(objects)).toEqual({});
  expect(ofKind(objects, 'Pod')).toHaveLength(5);
  expect(gpuPods(objects)).toEqual(Array(4).fill(4));
});

test('deepseek-r1-vllm-hopper: two engines of two whole nodes with a network device for each GPU, each engine below one switch if possible', () => {
  const objects = expand(exampleSet('deepseek-r1-vllm-hopper'), { topologies: topologies() });
  const [gang] = ofKind<PodGang>(objects, 'PodGang');
  expect(gang!.spec.topologyConstraintGroupConfigs?.map(({ name, topologyConstraint }) => [name, topologyConstraint?.packConstraint])).toEqual([
    ['deepseek-r1-hopper-0-prefill-0', { preferred: 'fabric.topograph.run/tier-0' }], ['deepseek-r1-hopper-0-decode-0', { preferred: 'fabric.topograph.run/tier-0' }],
  ]);
  expect(gpuPods(objects)).toEqual(Array(4).fill(8));
  const devices = ofKind<Pod>(objects, 'Pod').flatMap(({ spec }) => Number(spec.containers[0]!.resources?.limits?.['rdma/ib'] ?? 0));
  expect(devices.filter(count => count > 0)).toEqual(Array(4).fill(8));
});

test('deepseek-v32-kv-router: the second prefill and the second decode instance are gangs of their own', () => {
  const objects = expand(exampleSet('deepseek-v32-kv-router'), { topologies: topologies() });
  expect(Object.keys(gangs(objects)).sort()).toEqual(['deepseek-v32-0', 'deepseek-v32-0-decode-0', 'deepseek-v32-0-prefill-0']);
  expect(waits(objects)).toEqual(Object.fromEntries(['prefill', 'decode'].flatMap(mode => [0, 1].map(copy =>
    [`deepseek-v32-0-${mode}-${copy}-${mode}-ldr`, [`deepseek-v32-0-${mode}-${copy}-${mode}-wkr`]]))));
  expect(ofKind(objects, 'Pod')).toHaveLength(9);
  expect(gpuPods(objects)).toEqual(Array(8).fill(4));
});

test('llama4-maverick: each instance in a rack, all in a zone; 64 GPUs', () => {
  const objects = expand(exampleSet('llama4-maverick'), { topologies: topologies() });
  const [base, second] = ofKind<PodGang>(objects, 'PodGang').sort((a, b) => a.metadata.name!.length - b.metadata.name!.length);
  expect(base!.spec.topologyConstraint?.packConstraint).toEqual({ required: 'topology.kubernetes.io/zone' });
  expect(second!.metadata.name).toBe('llama4-0-instance-0');
  expect(JSON.stringify(second!.spec)).toContain('"required":"example.com/rack"');
  expect(gpuPods(objects)).toEqual(Array(8).fill(8));
});

describe('deepseek-r1-disagg', () => {
  test('one gang of ten pods in one NVLink domain, the leader after its workers', () => {
    const objects = expand(exampleSet('deepseek-r1-disagg'), { topologies: topologies() });
    expect(gangs(objects)).toEqual({
      'deepseek-r1-0': { 'deepseek-r1-0-frontend': 1, 'deepseek-r1-0-prefill': 1, 'deepseek-r1-0-decode-0-worker': 7, 'deepseek-r1-0-decode-0-leader': 1 },
    });
    expect(waits(objects)).toEqual({ 'deepseek-r1-0-decode-0-leader': ['deepseek-r1-0-decode-0-worker'] });
    expect(ofKind(objects, 'Pod')).toHaveLength(10);
    expect(gpuPods(objects)).toEqual(Array(9).fill(4));
    const [gang] = ofKind<PodGang>(objects, 'PodGang');
    expect(gang!.spec.topologyConstraint).toEqual({ packConstraint: { required: 'nvidia.com/gpu.clique' } });
  });

  test('a second decode group is a gang of its own, whose leader waits for its own workers only', () => {
    const objects = expand(exampleSet('deepseek-r1-disagg'), { live: { scalingGroupReplicas: { 'deepseek-r1-0-decode': 2 } } });
    expect(gangs(objects)['deepseek-r1-0-decode-0']).toEqual({ 'deepseek-r1-0-decode-1-worker': 7, 'deepseek-r1-0-decode-1-leader': 1 });
    expect(waits(objects)['deepseek-r1-0-decode-1-leader']).toEqual(['deepseek-r1-0-decode-1-worker']);
  });

  test('every GPU pod has its shared memory, its hour and more to start, and NVLink between nodes', () => {
    const cliques = exampleSet('deepseek-r1-disagg').spec.template.cliques.filter(({ name }) => name !== 'frontend');
    for (const { name, spec: { podSpec } } of cliques) {
      expect(podSpec.volumes).toContainEqual({ name: 'shared-memory', emptyDir: { medium: 'Memory', sizeLimit: '800Gi' } });
      expect(podSpec.containers[0]!.env).toContainEqual({ name: 'NCCL_MNNVL_ENABLE', value: '1' });
      if (name !== 'worker') expect(podSpec.containers[0]!.startupProbe).toMatchObject({ periodSeconds: 10, failureThreshold: 600 });
    }
  });
});
