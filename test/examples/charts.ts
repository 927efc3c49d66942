import { App, Chart, Testing } from 'cdk8s';
import { Autoscaled } from '../../examples/autoscaling/chart';
import { Chatbot } from '../../examples/chatbot/chart';
import { DeepSeekR1 } from '../../examples/deepseek-r1-disagg/chart';
import { DeepSeekOnVllm } from '../../examples/deepseek-r1-vllm-gb200/chart';
import { DeepSeekOnHopper } from '../../examples/deepseek-r1-vllm-hopper/chart';
import { DeepSeekV32 } from '../../examples/deepseek-v32-kv-router/chart';
import { Kimi } from '../../examples/kimi-k2-wide-ep/chart';
import { Maverick } from '../../examples/llama4-maverick/chart';
import { SingleGpu } from '../../examples/single-gpu/chart';
import { Topology } from '../../examples/topology/chart';
import type { ClusterTopologyBinding, KubeObject, PodCliqueSet } from 'cdk8s-grove/core';

type ExampleChart = new (app: App, id: string) => Chart;

/** The examples by the name of their folder. */
export const EXAMPLES: Readonly<Record<string, ExampleChart>> = {
  'autoscaling': Autoscaled,
  'chatbot': Chatbot,
  'deepseek-r1-disagg': DeepSeekR1,
  'deepseek-r1-vllm-gb200': DeepSeekOnVllm,
  'deepseek-r1-vllm-hopper': DeepSeekOnHopper,
  'deepseek-v32-kv-router': DeepSeekV32,
  'kimi-k2-wide-ep': Kimi,
  'llama4-maverick': Maverick,
  'single-gpu': SingleGpu,
  'topology': Topology,
};

/** What an example synthesizes, built in this process; a fresh copy each time. */
export function exampleObjects(name: string): KubeObject[] {
  const Example = EXAMPLES[name];
  if (!Example) throw new Error(`no example is called ${name}; there are ${Object.keys(EXAMPLES).join(', ')}`);
  return Testing.synth(new Example(Testing.app(), name));
}

/** The PodCliqueSet of an example. */
export function exampleSet(name: string): PodCliqueSet {
  const set = exampleObjects(name).find(({ kind }) => kind === 'PodCliqueSet');
  if (!set) throw new Error(`${name} has no PodCliqueSet`);
  return set as unknown as PodCliqueSet;
}

/** The topologies of all examples: that of `topology`, and those that an example brings with it. */
export function exampleTopologies(): ClusterTopologyBinding[] {
  return Object.keys(EXAMPLES).flatMap(name => exampleObjects(name).filter(({ kind }) => kind === 'ClusterTopologyBinding')) as unknown as ClusterTopologyBinding[];
}
