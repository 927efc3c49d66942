import { existsSync } from 'node:fs';
import type { RequestOptions } from 'node:https';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';
import type { KubeConfig } from '@kubernetes/client-node';
import { systemClock } from './clock';
import { messageOf } from './errors';
import { HttpsTransport, HttpsTransportOptions } from './https-transport';
import { Transport } from './transport';

export interface KubeconfigOptions {
  /**
   * A kubeconfig file.
   * @default the files of KUBECONFIG; otherwise ~/.kube/config; otherwise, inside a pod, its service account
   */
  readonly path?: string;
  /** @default the file's current context */
  readonly context?: string;
  /** Sent with every request, so that the server's logs tell who asks. */
  readonly userAgent?: string;
}

/** No cluster can be reached with what was given; the message is one line that says why. */
export class KubeconfigError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'KubeconfigError';
  }
}

/** A service account's token changes about once an hour, and is valid for some time after. */
const CREDENTIALS_LIFE_MS = 10_000;

/**
 * A transport to the cluster of a kubeconfig, with its certificates, tokens, token files or exec plugins.
 * @throws KubeconfigError
 */
export async function transportFromKubeconfig(options: KubeconfigOptions = {}): Promise<Transport> {
  const config = await load(options);
  return new HttpsTransport({ ...await connectionOf(config), userAgent: options.userAgent });
}

async function load({ path, context }: KubeconfigOptions): Promise<KubeConfig> {
  const { KubeConfig: Config } = await import('@kubernetes/client-node/dist/config.js'); // only this part of it: the whole is 14 MB
  const config = new Config();
  const files = path ? [path] : defaultFiles();
  for (const [index, file] of files.entries()) {
    const next = index === 0 ? config : new Config();
    try {
      next.loadFromFile(file);
    } catch (error) {
      throw new KubeconfigError(`kubeconfig ${file}: ${oneLine(error)}`, { cause: error });
    }
    if (next !== config) config.mergeConfig(next, true);
  }
  if (files.length === 0) {
    if (!process.env.KUBERNETES_SERVICE_HOST) throw new KubeconfigError('no cluster: neither KUBECONFIG nor ~/.kube/config is there, and this is no pod');
    config.loadFromCluster();
  }
  if (context !== undefined) config.setCurrentContext(context);
  refuseIncomplete(config, files.join(delimiter) || 'of the service account');
  return config;
}

function defaultFiles(): string[] {
  const listed = (process.env.KUBECONFIG ?? '').split(delimiter).filter((file) => file !== '');
  if (listed.length > 0) return listed;
  const file = join(homedir(), '.kube', 'config');
  return existsSync(file) ? [file] : [];
}

function refuseIncomplete(config: KubeConfig, source: string): void {
  const name = config.getCurrentContext();
  if (!name) throw new KubeconfigError(`kubeconfig ${source}: no current context`);
  const context = config.getContextObject(name);
  if (!context) {
    const known = config.getContexts().map((other) => other.name).join(', ') || 'none';
    throw new KubeconfigError(`kubeconfig ${source}: no context "${name}"; there are: ${known}`);
  }
  if (!config.getCurrentCluster()) throw new KubeconfigError(`kubeconfig ${source}: no cluster "${context.cluster}", which context "${name}" names`);
  if (!config.getCurrentUser()) throw new KubeconfigError(`kubeconfig ${source}: no user "${context.user}", which context "${name}" names`);
}

async function connectionOf(config: KubeConfig): Promise<HttpsTransportOptions> {
  const cluster = config.getCurrentCluster()!;
  const { ca, cert, key } = await credentialsOf(config);
  const text = (value: unknown): string | Buffer | undefined => (typeof value === 'string' || Buffer.isBuffer(value) ? value : undefined);
  return {
    server: cluster.server,
    ca: text(ca),
    cert: text(cert),
    key: text(key),
    insecure: cluster.skipTLSVerify,
    serverName: cluster.tlsServerName,
    authorize: rememberFor(CREDENTIALS_LIFE_MS, async () => authorizationOf(await credentialsOf(config))),
  };
}

async function credentialsOf(config: KubeConfig): Promise<RequestOptions> {
  const options: RequestOptions = {};
  try {
    await config.applyToHTTPSOptions(options);
  } catch (error) {
    throw new KubeconfigError(`credentials of context "${config.getCurrentContext()}": ${oneLine(error)}`, { cause: error });
  }
  return options;
}

function authorizationOf({ headers, auth }: RequestOptions): Record<string, string> {
  if (auth) return { authorization: `Basic ${Buffer.from(auth).toString('base64')}` };
  const entries = Object.entries(headers ?? {}).filter(([name]) => name.toLowerCase() === 'authorization');
  return Object.fromEntries(entries.map(([, value]) => ['authorization', String(value)]));
}

/** Asks again only when the answer is older than `lifeMs`; those who ask meanwhile share one answer. */
function rememberFor<T>(lifeMs: number, ask: () => Promise<T>): () => Promise<T> {
  let answer: Promise<T> | undefined;
  let askedAtMs = 0;
  return () => {
    if (answer && systemClock.elapsed() - askedAtMs < lifeMs) return answer;
    askedAtMs = systemClock.elapsed();
    const asked = ask();
    answer = asked;
    asked.catch(() => { if (answer === asked) answer = undefined; });
    return asked;
  };
}

function oneLine(error: unknown): string {
  return messageOf(error).split('\n', 1)[0];
}
