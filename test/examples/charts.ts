import { App, Chart, Testing } from 'cdk8s';
import { Autoscaled } from '../../examples/autoscaling/chart';
import { Chatbot } from '../../examples/chatbot/chart';
import { DeepSeekR1 } from '../../examples/deepseek-r1-disagg/chart';
import { SingleGpu } from '../../examples/single-gpu/chart';
import { Topology } from '../../examples/topology/chart';
import type { KubeObject, PodCliqueSet } from 'cdk8s-grove/core';

type ExampleChart = new (app: App, id: string) => Chart;

/** The examples by the name of their folder. */
export const EXAMPLES: Readonly<Record<string, ExampleChart>> = {
  'autoscaling': Autoscaled,
  'chatbot': Chatbot,
  'deepseek-r1-disagg': DeepSeekR1,
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
