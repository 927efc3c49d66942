import { pino } from 'pino';
import { ClusterOptions, connectToGrove } from './cluster';
import { EXIT } from './exit';
import { messageOf } from '../kube';
import { Metrics } from '../process/metrics';
import { runControllerProcess } from '../process/run';

export interface ControllerOptions extends ClusterOptions {
  readonly port: number;
  readonly leaderElect: boolean;
  readonly namespace: string;
  readonly startupImage?: string;
  /** Schedulers that pods may name. @default all that Grove can work with */
  readonly schedulers?: readonly string[];
  /** Whether sets may ask for NVLink domains. */
  readonly mnnvl: boolean;
  readonly logLevel: string;
}

/** `grove controller`: works until it is told to stop, finishes what is under way, and gives the lease back. */
export async function runController(options: ControllerOptions): Promise<number> {
  const log = pino({ level: options.logLevel }, pino.destination(2));
  const metrics = new Metrics();
  const cluster = await connectToGrove(options, metrics.observeRequest);
  const stop = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stop.abort());
  try {
    await runControllerProcess({
      ...cluster,
      metrics,
      log,
      port: options.port,
      admission: { autoMnnvl: options.mnnvl, ...(options.schedulers ? { schedulers: options.schedulers } : {}) },
      ...(options.leaderElect ? { leaseNamespace: options.namespace } : {}),
      ...(options.startupImage === undefined ? {} : { startupImage: options.startupImage }),
    }, stop.signal);
    return EXIT.ok;
  } catch (error) {
    log.fatal({ error: messageOf(error) }, 'the controller has ended');
    return EXIT.findings;
  }
}
