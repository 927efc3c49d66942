import { GroveController, GroveControllerOptions } from '../../controller/src/app';
import {
  CLUSTER_ROLE, CLUSTER_ROLE_BINDING, Client, HttpsTransport, KubeRequest, KubeResponse, KubeStream, ROLE, ROLE_BINDING, Transport, TransportError, applyPatch,
} from '../../controller/src/kube';
import { controllerRbac } from '../../src/core';
import { Connection } from '../control-plane/connect';
import { until } from '../control-plane/until';
import { OtherVersion, Version } from '../support/other-version';

const ROLE_TYPES = { ClusterRole: CLUSTER_ROLE, ClusterRoleBinding: CLUSTER_ROLE_BINDING, Role: ROLE, RoleBinding: ROLE_BINDING } as const;
const WRITES = new Set(['create', 'update', 'patch', 'apply', 'delete', 'deletecollection']);

/** Gives the operator's service account the rights that the controller is shipped with. */
export async function grantControllerRights(admin: Client): Promise<void> {
  for (const object of controllerRbac({ namespace: 'grove-system', serviceAccount: 'grove-operator' })) {
    await admin.patch(ROLE_TYPES[object.kind as keyof typeof ROLE_TYPES], object.metadata, applyPatch(object, 'tests', true));
  }
}

export type OperatorOptions = Partial<Pick<GroveControllerOptions, 'startupImage' | 'admission' | 'log' | 'clock'>>;

/** Runs the controller, as the operator's service account, from before the file's first test until after its last. */
export function runController(connection: Connection, options: OperatorOptions = {}): Operator {
  const operator = new Operator(connection, options);
  beforeAll(async () => {
    await grantControllerRights(connection.admin);
    await operator.start();
  });
  connection.atEnd(() => operator.stop());
  return operator;
}

/** The controller under test, which can be stopped, killed and started again. */
export class Operator {
  /** Every attempt of a write by any of its lives, as `patch pods/status 200`. */
  readonly writes: string[] = [];
  private readonly written = new Map<string, number>();
  private transport!: MortalTransport;
  private ending = new AbortController();
  private running: Promise<void> = Promise.resolve();

  constructor(private readonly connection: Connection, private readonly options: OperatorOptions) {}

  /** @param version @default ours, as it is now */
  async start({ startupImage, hashPrefix }: Version = {}): Promise<void> {
    const { server, ca } = this.connection.login;
    this.transport = new MortalTransport(new HttpsTransport({ server, ca, token: this.connection.address.operatorToken }), request => this.count(request));
    const image = startupImage === undefined ? {} : { startupImage };
    this.ending = new AbortController();
    const client = new Client({
      transport: hashPrefix === undefined ? this.transport : new OtherVersion(this.transport, hashPrefix),
      observe: ({ verb, resource, subresource, status }) => {
        if (WRITES.has(verb)) this.writes.push(`${verb} ${subresource ? `${resource}/${subresource}` : resource} ${status}`);
      },
    });
    const controller = new GroveController({ client, instance: 'test', log: consoleLog(), ...this.options, ...image });
    this.running = controller.run(this.ending.signal);
    await until('the controller has synced', async () => controller.hasSynced || undefined);
  }

  /** Writes that any of its lives has sent for a namespace. */
  writesTo(namespace: string): number {
    return this.written.get(namespace) ?? 0;
  }

  /** Ends it as SIGTERM does: what is under way is finished. */
  async stop(): Promise<void> {
    this.ending.abort();
    await this.running;
    await this.transport.close();
  }

  /** Ends it as a crash does: requests under way may have been carried out, but nobody hears of it. */
  async kill(): Promise<void> {
    this.transport.die();
    await this.stop();
  }

  private count({ method, path }: KubeRequest): void {
    const [, namespace] = /\/namespaces\/([^/?]+)/.exec(path) ?? [];
    if (namespace !== undefined && method !== 'GET') this.written.set(namespace, this.writesTo(namespace) + 1);
  }
}

/** What the controller says matters when a test fails: `GROVE_LOG=1` shows it. */
function consoleLog() {
  const write = (fields: object, message: string) => {
    if (process.env.GROVE_LOG) process.stderr.write(`${message} ${JSON.stringify(fields)}\n`);
  };
  return { debug: write, info: write, warn: write, error: write };
}

/** A connection that from one moment on sends nothing and hears nothing. */
class MortalTransport implements Transport {
  private isDead = false;

  constructor(private readonly transport: HttpsTransport, private readonly onRequest: (request: KubeRequest) => void) {}

  die(): void {
    this.isDead = true;
  }

  async request(request: KubeRequest): Promise<KubeResponse> {
    this.demandLife();
    this.onRequest(request);
    const response = await this.transport.request(request);
    this.demandLife();
    return response;
  }

  async stream(request: KubeRequest): Promise<KubeStream> {
    this.demandLife();
    return this.transport.stream(request);
  }

  close(): Promise<void> {
    return this.transport.close();
  }

  private demandLife(): void {
    if (this.isDead) throw new TransportError('ABORT_ERR', 'the process is dead');
  }
}
