import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Registry } from 'prom-client';

export interface ProbesOptions {
  /** 0 takes any free port. */
  readonly port: number;
  readonly registry: Registry;
  /** Whether the process can do its work now. */
  readonly isReady: () => boolean;
}

export interface Probes {
  readonly port: number;
  close(): Promise<void>;
}

/** Serves `/healthz` (the event loop turns), `/readyz` (the caches are filled, or another process leads) and `/metrics`. */
export async function serveProbes({ port, registry, isReady }: ProbesOptions): Promise<Probes> {
  const server = createServer((request, response) => {
    const answer = (status: number, text: string, type = 'text/plain') => response.writeHead(status, { 'content-type': type }).end(text);
    switch (request.url?.split('?', 1)[0]) {
      case '/healthz': return answer(200, 'ok\n');
      case '/readyz': return isReady() ? answer(200, 'ok\n') : answer(503, 'the caches are being filled\n');
      case '/metrics': return void registry.metrics().then(text => answer(200, text, registry.contentType), error => answer(500, String(error)));
      default: return answer(404, 'there are /healthz, /readyz and /metrics\n');
    }
  });
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(port, () => resolve()));
  return {
    port: (server.address() as AddressInfo).port,
    close: () => new Promise(resolve => {
      server.close(() => resolve());
      server.closeAllConnections();
    }),
  };
}
