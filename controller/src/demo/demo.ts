import type { KubeObject } from 'cdk8s-grove/core';
import { DemoCluster } from './demo-cluster';
import { DemoError, Director, Interrupted } from './director';
import { Screen } from './screen';
import { Manifests, tellStory } from './story';
import { summaryLines } from './summary';
import { Sink } from '../cli/terminal';
import { NodeShape, TWO_NVL72_RACKS } from '../cluster';
import { Clock, Random, systemClock } from '../kube';

export interface DemoOptions {
  readonly manifests: Manifests;
  /** Grove's CustomResourceDefinitions. */
  readonly definitions: readonly KubeObject[];
  readonly screen: Screen;
  /** Where it is told why the demo has failed. */
  readonly err: Sink;
  /** Ends the demo early. */
  readonly signal: AbortSignal;
  /** Time for people to read what has just happened, in milliseconds. */
  readonly pauseMs: number;
  /** How many times faster than usual pods start and people read. @default 1 */
  readonly speed?: number;
  /** How long one step may take, in milliseconds. @default 10_000 */
  readonly limitMs?: number;
  /** @default two NVL72 racks */
  readonly nodes?: readonly NodeShape[];
  /** @default the machine's */
  readonly clock?: Clock;
  /** @default Math.random */
  readonly random?: Random;
}

const OK = 0;
const FAILED = 1;
/** What a shell shows for a command that was ended by Ctrl-C. */
const INTERRUPTED = 130;

/** Runs the demo and resolves to its exit code. */
export async function runDemo(options: DemoOptions): Promise<number> {
  const { screen, err, signal, clock = systemClock, random = Math.random, speed = 1, limitMs = 10_000, nodes = TWO_NVL72_RACKS } = options;
  const stop = new AbortController();
  const cluster = new DemoCluster({ clock, random, nodes, speed, definitions: options.definitions });
  const director = new Director({ cluster, screen, clock, signal, limitMs });
  try {
    await cluster.start(stop.signal);
    await tellStory(director, cluster, options.manifests, options.pauseMs / speed);
    screen.end(summaryLines({ view: director.view, journal: director.journal, writes: cluster.writes, elapsedMs: director.elapsedMs }));
    return OK;
  } catch (error) {
    screen.close();
    if (error instanceof Interrupted) return INTERRUPTED;
    if (!(error instanceof DemoError)) throw error;
    err.write(`demo: ${error.message}\n`);
    return FAILED;
  } finally {
    stop.abort();
  }
}
