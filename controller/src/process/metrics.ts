import { Counter, Gauge, Histogram, Registry, collectDefaultMetrics } from 'prom-client';
import { GroveController, GroveControllerOptions } from '../app';
import { RequestObservation } from '../kube';

/** The controller's metrics; series that every controller has are named as controller-runtime and client-go name them. */
export class Metrics {
  readonly registry = new Registry();
  private readonly requests: Counter;
  private readonly reconciles: Counter;
  private readonly reconcileSeconds: Histogram;
  private readonly decisions: Counter;
  private readonly decisionSeconds: Histogram;
  private readonly preemptions: Counter;
  private readonly evictedPods: Counter;

  constructor() {
    const registers = [this.registry];
    collectDefaultMetrics({ register: this.registry });
    this.requests = new Counter({
      name: 'rest_client_requests_total', help: 'Requests to the API server, every attempt counted', labelNames: ['verb', 'resource', 'code'], registers,
    });
    this.reconciles = new Counter({ name: 'controller_runtime_reconcile_total', help: 'Reconciles by outcome', labelNames: ['controller', 'result'], registers });
    this.reconcileSeconds = new Histogram({
      name: 'controller_runtime_reconcile_time_seconds',
      help: 'Length of a reconcile',
      labelNames: ['controller'],
      buckets: [0.001, 0.005, 0.025, 0.1, 0.5, 2.5, 10],
      registers,
    });
    this.decisions = new Counter({ name: 'grove_scheduler_decisions_total', help: 'Placement decisions by outcome', labelNames: ['outcome'], registers });
    this.decisionSeconds = new Histogram({
      name: 'grove_scheduler_decision_seconds', help: 'Time that a placement decision took', buckets: [0.0001, 0.0005, 0.002, 0.01, 0.05, 0.25, 1], registers,
    });
    this.preemptions = new Counter({ name: 'grove_scheduler_preemptions_total', help: 'Gangs for which pods of lower priority were evicted', registers });
    this.evictedPods = new Counter({ name: 'grove_scheduler_evicted_pods_total', help: 'Pods evicted to make room for gangs of higher priority', registers });
  }

  /** Told by the client about every attempt of every request. */
  readonly observeRequest = ({ verb, resource, subresource, status }: RequestObservation): void => {
    this.requests.inc({ verb, resource: subresource ? `${resource}/${subresource}` : resource, code: String(status) });
  };

  /** What the controller tells about itself. */
  readonly hooks: Pick<GroveControllerOptions, 'observeReconcile' | 'observeDecision' | 'observeEviction'> = {
    observeReconcile: ({ controller, outcome, durationMs }) => {
      this.reconciles.inc({ controller, result: outcome });
      this.reconcileSeconds.observe({ controller }, durationMs / 1000);
    },
    observeDecision: ({ outcome, durationMs }) => {
      this.decisions.inc({ outcome });
      this.decisionSeconds.observe(durationMs / 1000);
    },
    observeEviction: pods => {
      this.preemptions.inc();
      this.evictedPods.inc(pods);
    },
  };

  /** Adds what is read at the moment of a scrape. */
  watch(controller: GroveController): void {
    new Gauge({
      name: 'workqueue_depth',
      help: 'Keys that wait to be reconciled',
      labelNames: ['name'],
      registers: [this.registry],
      collect() {
        for (const [name, length] of Object.entries(controller.queueLengths())) this.set({ name }, length);
      },
    });
  }
}
