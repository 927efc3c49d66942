import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { IncomingMessage, ServerResponse } from 'node:http';
import * as https from 'node:https';
import { AddressInfo, connect, createServer, Server, Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { refusal, SmallApi } from './small-api';
import { KubeResponse } from '../../../controller/src/kube';

export interface Certificate {
  readonly key: string;
  readonly cert: string;
}

/** A certificate for 127.0.0.1 that is its own authority. */
export function selfSigned(): Certificate {
  const folder = mkdtempSync(join(tmpdir(), 'kube-test-'));
  const [key, cert] = [join(folder, 'key'), join(folder, 'cert')];
  try {
    execFileSync('openssl', ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2',
      '-subj', '/CN=test', '-addext', 'subjectAltName=IP:127.0.0.1', '-keyout', key, '-out', cert], { stdio: 'pipe' });
    return { key: readFileSync(key, 'utf8'), cert: readFileSync(cert, 'utf8') };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

export interface Incoming {
  readonly method: string;
  readonly path: string;
  readonly query: Record<string, string>;
  readonly headers: IncomingMessage['headers'];
  readonly body: any;
}

/** What the server does instead of, or before, answering properly. */
export interface Script {
  /** An answer in place of the proper one; `'lost'` carries the request out and cuts the connection. */
  answer?(request: Incoming): KubeResponse | 'lost' | undefined;
  /** Watch lines are cut into pieces of so many bytes. @default whole lines */
  readonly pieceLength?: number;
}

/** A {@link SmallApi} over HTTPS. */
export class ScriptedServer {
  script: Script = {};
  readonly seen: Incoming[] = [];
  readonly remotePorts = new Set<number>();
  readonly watchResponses: ServerResponse[] = [];
  private readonly server: https.Server;
  private readonly sockets = new Set<Socket>();

  constructor(certificate: Certificate, readonly api = new SmallApi()) {
    this.server = https.createServer(certificate, (message, response) => void this.serve(message, response));
    this.server.on('connection', (socket: Socket) => {
      this.sockets.add(socket);
      socket.on('close', () => this.sockets.delete(socket));
    });
  }

  listen(): Promise<number> {
    return listen(this.server);
  }

  close(): Promise<void> {
    for (const socket of this.sockets) socket.destroy();
    return new Promise((resolve) => this.server.close(() => resolve()));
  }

  private async serve(message: IncomingMessage, response: ServerResponse): Promise<void> {
    this.remotePorts.add(message.socket.remotePort!);
    const url = new URL(message.url!, 'https://server');
    const chunks: Buffer[] = [];
    for await (const chunk of message) chunks.push(chunk as Buffer);
    const text = Buffer.concat(chunks).toString();
    const request = {
      method: message.method!, path: url.pathname, query: Object.fromEntries(url.searchParams), headers: message.headers, body: text && JSON.parse(text),
    };
    this.seen.push(request);
    const scripted = this.script.answer?.(request);
    if (scripted === 'lost') {
      this.api.handle(request as any);
      message.socket.destroy();
    } else if (scripted) {
      send(response, scripted);
    } else if (request.query.watch) {
      this.watch(request, response);
    } else {
      send(response, this.api.handle(request as any));
    }
  }

  private watch({ path, query }: Incoming, response: ServerResponse): void {
    const write = (event: object): void => {
      const line = Buffer.from(JSON.stringify(event) + '\n');
      const length = this.script.pieceLength ?? line.length;
      for (let start = 0; start < line.length; start += length) response.write(line.subarray(start, start + length));
    };
    const early: object[] = [];
    let isOpen = false;
    const stop = this.api.watch(path, Number(query.resourceVersion), (event) => (isOpen ? write(event) : early.push(event)));
    if (!stop) return send(response, refusal(410, 'Expired'));
    response.writeHead(200, { 'content-type': 'application/json' }).flushHeaders();
    isOpen = true;
    early.forEach(write);
    this.watchResponses.push(response);
    response.on('close', stop);
  }
}

/** Stands between a client and a server, and harms the connections. */
export class Proxy {
  /** Bytes from the server after which a connection is reset; asked for once a connection. */
  cutAfter: () => number = () => Infinity;
  delayMs = 0;
  resets = 0;
  private readonly server: Server;
  private readonly sockets = new Set<Socket>();

  constructor(private readonly targetPort: number) {
    this.server = createServer((client) => this.join(client));
  }

  listen(): Promise<number> {
    return listen(this.server);
  }

  resetAll(): void {
    for (const socket of this.sockets) socket.resetAndDestroy();
  }

  close(): Promise<void> {
    this.resetAll();
    return new Promise((resolve) => this.server.close(() => resolve()));
  }

  private join(client: Socket): void {
    const server = connect(this.targetPort, '127.0.0.1');
    let remaining = this.cutAfter();
    for (const [socket, other] of [[client, server], [server, client]]) {
      this.sockets.add(socket);
      socket.on('error', () => undefined);
      socket.on('close', () => {
        this.sockets.delete(socket);
        other.destroy();
      });
    }
    client.on('data', (chunk) => server.write(chunk));
    server.on('data', (chunk: Buffer) => {
      const passed = chunk.subarray(0, Math.min(chunk.length, remaining));
      remaining -= passed.length;
      if (this.delayMs > 0) setTimeout(() => this.pass(client, passed, remaining), this.delayMs);
      else this.pass(client, passed, remaining);
    });
  }

  private pass(client: Socket, chunk: Buffer, remaining: number): void {
    if (client.destroyed) return;
    client.write(chunk, () => {
      if (remaining > 0 || client.destroyed) return;
      this.resets++;
      client.resetAndDestroy();
    });
  }
}

async function listen(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}

function send(response: ServerResponse, { status, headers, body }: KubeResponse): void {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  response.writeHead(status, { 'content-type': typeof body === 'string' ? 'text/plain' : 'application/json', ...headers }).end(text);
}
