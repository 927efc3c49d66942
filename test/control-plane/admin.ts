import * as https from 'node:https';

/** The answer of an API server; `body` is parsed when it is JSON. */
export interface AdminResponse {
  readonly status: number;
  readonly body: any;
}

/** How to reach a server as somebody. */
export interface Login {
  readonly server: string;
  /** Certificate authority in PEM; without it the server's certificate is not checked. */
  readonly ca?: string;
  readonly token?: string;
}

const agent = new https.Agent({ keepAlive: true, maxSockets: 32 });

/** One request, answered whatever the status is; what the harness itself needs, without the client under test. */
export function send(login: Login, method: string, path: string, body?: unknown, contentType = 'application/json'): Promise<AdminResponse> {
  const data = body === undefined ? undefined : typeof body === 'string' ? body : JSON.stringify(body);
  const headers: Record<string, string | number> = { accept: 'application/json' };
  if (login.token) headers.authorization = `Bearer ${login.token}`;
  if (data !== undefined) Object.assign(headers, { 'content-type': contentType, 'content-length': Buffer.byteLength(data) });
  return new Promise((resolve, reject) => {
    const request = https.request(login.server + path, { method, headers, agent, ca: login.ca, rejectUnauthorized: login.ca !== undefined }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () => resolve({ status: response.statusCode!, body: parse(Buffer.concat(chunks).toString()) }));
    });
    request.setTimeout(30_000, () => request.destroy(new Error(`${method} ${path}: no answer in 30 s`)));
    request.on('error', reject);
    request.end(data);
  });
}

/** As {@link send}, and returns the body. @throws Error for every status from 400 on */
export async function demand(login: Login, method: string, path: string, body?: unknown, contentType?: string): Promise<any> {
  const response = await send(login, method, path, body, contentType);
  if (response.status >= 400) throw new Error(`${method} ${path}: ${response.status} ${response.body?.message ?? response.body}`);
  return response.body;
}

/** Creates the object or replaces what differs, by server-side apply. */
export function apply(login: Login, path: string, object: object | string): Promise<any> {
  return demand(login, 'PATCH', `${path}?fieldManager=control-plane&force=true`, object, 'application/apply-patch+yaml');
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
