import { UsageError } from './exit';
import { Client, ClientOptions, KubeconfigError, Transport, TransportError, isForbidden, isNotFound, isUnauthorized, transportFromKubeconfig } from '../kube';

export interface ClusterOptions {
  readonly kubeconfig?: string;
  readonly context?: string;
}

const GROUPS = ['/apis/grove.io/v1alpha1', '/apis/scheduler.grove.io/v1alpha1'];

/**
 * Connects to a cluster that has Grove's types.
 * @throws UsageError with one line that says what is missing and what to do
 */
export async function connectToGrove({ kubeconfig, context }: ClusterOptions, observe?: ClientOptions['observe']): Promise<{ client: Client; transport: Transport }> {
  try {
    const transport = await transportFromKubeconfig({
      ...(kubeconfig === undefined ? {} : { path: kubeconfig }), ...(context === undefined ? {} : { context }), userAgent: 'grove',
    });
    await requireGrove(new Client({ transport, maxAttempts: 1 }));
    return { client: new Client({ transport, ...(observe ? { observe } : {}) }), transport };
  } catch (error) {
    throw explained(error);
  }
}

async function requireGrove(client: Client): Promise<void> {
  await client.getPath('/version');
  for (const path of GROUPS) {
    await client.getPath(path).catch((error: unknown) => {
      if (!isNotFound(error)) throw error;
      throw new UsageError(`the cluster does not know ${path.split('/')[2]}; install the types first: kubectl apply --server-side -f crds/`);
    });
  }
}

function explained(error: unknown): unknown {
  if (error instanceof KubeconfigError) return new UsageError(error.message);
  if (error instanceof TransportError) return new UsageError(`the cluster cannot be reached: ${error.message}`);
  if (isUnauthorized(error) || isForbidden(error)) return new UsageError(`the cluster refuses these credentials: ${error.message}`);
  return error;
}
