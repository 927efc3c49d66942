import { ApiObject, ApiObjectProps, Chart, Size } from 'cdk8s';
import * as kplus from 'cdk8s-plus-28';
import { Construct } from 'constructs';
import { CrdSize, Crds } from './crds';
import { controllerRbac } from '../src/core';

/** How much the controller tells. */
export enum LogLevel {
  /** Every decision. */
  DEBUG = 'debug',
  /** What it does. */
  INFO = 'info',
  /** What is odd. */
  WARN = 'warn',
  /** What fails. */
  ERROR = 'error',
}

/** Properties of the controller's installation. */
export interface GroveOperatorProps {
  /** Image that has the command `grove`. */
  readonly image: string;
  /**
   * Pods of the controller. One of them works; the others take over when it ends.
   * @default 1
   */
  readonly replicas?: number;
  /**
   * Namespace of the controller. It is created too.
   * @default 'grove-system'
   */
  readonly namespace?: string;
  /**
   * CPU and memory of a pod.
   * @default - requests of 100m CPU and 256Mi, a limit of 1Gi
   */
  readonly resources?: kplus.ContainerResources;
  /**
   * Port of probes and metrics.
   * @default 8080
   */
  readonly port?: number;
  /**
   * How much the controller tells.
   * @default LogLevel.INFO
   */
  readonly logLevel?: LogLevel;
  /**
   * Image with a shell for the init container of pods that wait for others.
   * @default - the controller's own choice
   */
  readonly startupImage?: string;
  /**
   * Secret by which the controller's image is pulled.
   * @default - none
   */
  readonly dockerRegistryAuth?: kplus.ISecret;
  /**
   * Whether the CustomResourceDefinitions are synthesized too, as a chart of their own that comes first.
   * @default true
   */
  readonly crds?: boolean;
  /**
   * How much the definitions carry.
   * @default CrdSize.MINIMAL
   */
  readonly crdSize?: CrdSize;
}

const NAME = 'cdk8s-grove-controller';
const LABELS = { 'app.kubernetes.io/name': NAME };

/**
 * Grove's controller in a cluster: namespace, service account, what it may do, a Deployment and a Service for its metrics; and the CustomResourceDefinitions,
 * as a chart of their own, for they have to be there first and outlive the controller.
 */
export class GroveOperator extends Construct {
  /** Namespace of the controller. */
  public readonly namespace: string;
  /** The controller's pods. */
  public readonly deployment: kplus.Deployment;
  /** The service that serves the metrics below `/metrics`. */
  public readonly metrics: kplus.Service;

  constructor(scope: Construct, id: string, props: GroveOperatorProps) {
    super(scope, id);
    this.namespace = props.namespace ?? 'grove-system';
    const metadata = { name: NAME, namespace: this.namespace };
    const namespace = new kplus.Namespace(this, 'Namespace', { metadata: { name: this.namespace } });
    const serviceAccount = new kplus.ServiceAccount(this, 'ServiceAccount', { metadata, automountToken: true });
    for (const role of controllerRbac({ namespace: this.namespace, serviceAccount: NAME })) new ApiObject(this, role.kind, role as ApiObjectProps);
    this.deployment = this.controller(props, serviceAccount);
    const port = props.port ?? 8080;
    const selector = kplus.Pods.select(this, 'Pods', { labels: LABELS });
    this.metrics = new kplus.Service(this, 'Metrics', { metadata, selector, ports: [{ name: 'metrics', port, targetPort: port }] });
    this.node.children.filter(child => child !== namespace).forEach(child => child.node.addDependency(namespace));
    if (props.crds ?? true) {
      const chart = new Chart(this, 'crds', { disableResourceNameHashes: true });
      new Crds(chart, 'definitions', { size: props.crdSize });
      Chart.of(this).addDependency(chart);
    }
  }

  private controller(props: GroveOperatorProps, serviceAccount: kplus.ServiceAccount): kplus.Deployment {
    const { port = 8080, logLevel = LogLevel.INFO, startupImage } = props;
    const deployment = new kplus.Deployment(this, 'Deployment', {
      metadata: { name: NAME, namespace: this.namespace, labels: LABELS },
      podMetadata: { labels: LABELS },
      // A Deployment cannot change its selector: it must not depend on where the construct stands.
      select: false,
      replicas: props.replicas ?? 1,
      serviceAccount,
      automountServiceAccountToken: true,
      dockerRegistryAuth: props.dockerRegistryAuth,
      securityContext: { ensureNonRoot: true, user: 65532, group: 65532 },
      containers: [{
        name: 'controller',
        image: props.image,
        imagePullPolicy: kplus.ImagePullPolicy.IF_NOT_PRESENT,
        command: ['grove', 'controller'],
        args: ['--port', String(port), '--namespace', this.namespace, '--log-level', logLevel, ...(startupImage ? ['--startup-image', startupImage] : [])],
        // A small young generation takes a quarter off the peak of memory and costs no time.
        envVariables: { NODE_OPTIONS: kplus.EnvValue.fromValue('--max-semi-space-size=4') },
        portNumber: port,
        liveness: kplus.Probe.fromHttpGet('/healthz', { port }),
        readiness: kplus.Probe.fromHttpGet('/readyz', { port }),
        resources: props.resources ?? {
          cpu: { request: kplus.Cpu.millis(100) },
          memory: { request: Size.mebibytes(256), limit: Size.gibibytes(1) },
        },
        securityContext: { user: 65532, group: 65532, ensureNonRoot: true, readOnlyRootFilesystem: true },
      }],
    });
    deployment.select(kplus.LabelSelector.of({ labels: LABELS }));
    return deployment;
  }
}
