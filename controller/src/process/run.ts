import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { AdmissionConfig } from 'cdk8s-grove/core';
import { Metrics } from './metrics';
import { Probes, serveProbes } from './probes';
import { GroveController } from '../app';
import { Client, LeaderElector, Logger, Transport, systemClock } from '../kube';

export interface ControllerProcessOptions {
  readonly client: Client;
  readonly transport: Transport;
  readonly metrics: Metrics;
  readonly log: Logger;
  /** Port of probes and metrics; 0 takes any free one. */
  readonly port: number;
  /** Namespace of the lease; undefined when no other process can be there. */
  readonly leaseNamespace?: string;
  readonly startupImage?: string;
  /** What sets may ask for. @default everything */
  readonly admission?: Partial<AdmissionConfig>;
}

/** Name of the lease by which one of several processes leads. */
const LEASE_NAME = 'cdk8s-grove-controller';

/**
 * The controller as a process: probes, election, work. Resolves when the signal has aborted and what was under way has ended.
 * @throws Error when leadership was lost: the process has to end, for another one works now
 */
export async function runControllerProcess(options: ControllerProcessOptions, signal: AbortSignal): Promise<void> {
  const instance = `${hostname()}-${randomUUID().slice(0, 8)}`;
  const state: { controller?: GroveController } = {};
  const isReady = () => state.controller?.hasSynced ?? options.leaseNamespace !== undefined;
  const probes = await serveProbes({ port: options.port, registry: options.metrics.registry, isReady });
  options.log.info({ port: probes.port, instance }, 'serving /healthz, /readyz and /metrics');
  try {
    await elected(options, instance, signal, async lost => {
      state.controller = new GroveController({
        client: options.client,
        instance,
        log: options.log,
        ...options.metrics.hooks,
        ...(options.admission === undefined ? {} : { admission: options.admission }),
        ...(options.startupImage === undefined ? {} : { startupImage: options.startupImage }),
      });
      options.metrics.watch(state.controller);
      await state.controller.run(lost);
      if (!signal.aborted) throw new Error('leadership was lost');
    });
  } finally {
    await end(probes, options.transport);
  }
}

async function elected(
  { transport, leaseNamespace, log }: ControllerProcessOptions, instance: string, signal: AbortSignal, work: (lost: AbortSignal) => Promise<void>,
): Promise<void> {
  if (leaseNamespace === undefined) return work(signal);
  const lease = { namespace: leaseNamespace, name: LEASE_NAME };
  await new LeaderElector({ client: new Client({ transport }), lease, identity: instance, clock: systemClock, log }).run(signal, work);
}

async function end(probes: Probes, transport: Transport): Promise<void> {
  await probes.close();
  await transport.close();
}
