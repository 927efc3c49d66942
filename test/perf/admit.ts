import { cpus } from 'node:os';
import type { Bench } from './bench';
import { ClusterTopologyBinding, PodCliqueSet, admit } from 'cdk8s-grove/core';

const SETS = 1000;
const WARM_UP = 5;
const ROUNDS = 15;

const TOPOLOGIES: readonly ClusterTopologyBinding[] = [{
  apiVersion: 'grove.io/v1alpha1',
  kind: 'ClusterTopologyBinding',
  metadata: { name: 'nvl72' },
  spec: { levels: [{ domain: 'block', key: 'example.com/block' }, { domain: 'rack', key: 'example.com/rack' }, { domain: 'host', key: 'kubernetes.io/hostname' }] },
}];

/** Creates, creates with a topology to look up, and updates, each of 1,000 sets of three cliques as they come from JSON, in a process that has warmed up. */
export const bench: Bench = {
  description: 'admit() of 1,000 PodCliqueSets of three cliques: creates, creates with topologies, updates',
  async run() {
    const texts = Array.from({ length: SETS }, (_, index) => JSON.stringify(set(index)));
    const create = measure(texts, object => admit({ object }).allowed);
    const createWithTopologies = measure(texts, object => admit({ object, topologies: TOPOLOGIES }).allowed);
    const update = measure(texts, object => admit({ object, oldObject: { ...object } }).allowed);
    return { bench: 'admit', node: process.version, cpus: cpus().length, rounds: ROUNDS, sets: SETS, create, createWithTopologies, update };
  },
};

/** Milliseconds for all sets: the median of the rounds, and the least, which is what is left when the machine does nothing else. */
interface Figures {
  readonly medianMs: number;
  readonly leastMs: number;
}

/** Parsing is not part of it. */
function measure(texts: readonly string[], isAllowed: (object: PodCliqueSet) => boolean): Figures {
  const rounds = Array.from({ length: WARM_UP + ROUNDS }, () => {
    const objects = texts.map(text => JSON.parse(text) as PodCliqueSet);
    const start = performance.now();
    if (!objects.every(isAllowed)) throw new Error('a set was refused: nothing was measured');
    return performance.now() - start;
  });
  const sorted = rounds.slice(WARM_UP).sort((one, other) => one - other);
  const rounded = (milliseconds = 0) => Math.round(milliseconds * 10) / 10;
  return { medianMs: rounded(sorted[Math.floor(ROUNDS / 2)]), leastMs: rounded(sorted[0]) };
}

/** A prefill and a decode engine behind a router: probes, volumes and variables as real ones have them, a scaling group, packing, an NVLink group. */
function set(index: number): PodCliqueSet {
  return {
    apiVersion: 'grove.io/v1alpha1',
    kind: 'PodCliqueSet',
    metadata: { name: `llm-${index}`, labels: { app: 'llm' }, annotations: { 'grove.io/mnnvl-group': 'main' } },
    spec: {
      replicas: 1,
      template: {
        cliqueStartupType: 'CliqueStartupTypeExplicit',
        cliques: [clique('router', 2, 0), clique('prefill', 4, 4, ['router']), clique('decode', 8, 4, ['router'])],
        podCliqueScalingGroups: [{ name: 'engine', cliqueNames: ['prefill', 'decode'], replicas: 2, minAvailable: 1, topologyConstraint: { pack: { required: 'rack' } } }],
        topologyConstraint: { topologyName: 'nvl72', pack: { required: 'block' } },
      },
    },
  };
}

function clique(name: string, replicas: number, gpus: number, startsAfter?: string[]): PodCliqueSet['spec']['template']['cliques'][number] {
  return {
    name,
    labels: { role: name },
    spec: {
      roleName: name,
      replicas,
      minAvailable: 1,
      ...(startsAfter ? { startsAfter } : {}),
      podSpec: {
        volumes: [{ name: 'models', persistentVolumeClaim: { claimName: 'models' } }, { name: 'shm', emptyDir: { medium: 'Memory', sizeLimit: '64Gi' } }],
        tolerations: [{ key: 'nvidia.com/gpu', operator: 'Exists' }],
        containers: [{
          name: 'main',
          image: 'registry.example/server:1',
          args: ['--role', name],
          env: [{ name: 'HF_HOME', value: '/models' }, { name: 'POD_IP', valueFrom: { fieldRef: { fieldPath: 'status.podIP' } } }],
          ports: [{ name: 'http', containerPort: 8000 }, { name: 'metrics', containerPort: 9000 }],
          readinessProbe: { httpGet: { path: '/ready', port: 'http' }, periodSeconds: 5 },
          volumeMounts: [{ name: 'models', mountPath: '/models', readOnly: true }, { name: 'shm', mountPath: '/dev/shm' }],
          resources: { requests: { cpu: '8', memory: '64Gi' }, limits: { 'memory': '64Gi', 'nvidia.com/gpu': String(gpus) } },
        }],
      },
    },
  };
}
