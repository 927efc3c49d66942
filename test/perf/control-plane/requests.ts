/** Numbers of requests by `verb resource`. */
export type Requests = Readonly<Record<string, number>>;

const WRITES = new Set(['create', 'update', 'patch', 'apply', 'delete', 'deletecollection']);
/** What the API server calls verbs in its metrics, in the words of RBAC. */
const VERBS: Readonly<Record<string, string>> = { POST: 'create', PUT: 'update', PATCH: 'patch', APPLY: 'apply', DELETE: 'delete', DELETECOLLECTION: 'deletecollection' };

/** The writes that the metrics of a client (`rest_client_requests_total`) or of an API server (`apiserver_request_total`) tell of; leases left out. */
export function writesIn(metrics: string): Requests {
  const found: Record<string, number> = {};
  for (const [, series, count] of metrics.matchAll(/^(?:rest_client|apiserver)_requests?_total\{([^}]*)\} ([\d.e+]+)$/gm)) {
    const labels = Object.fromEntries([...series.matchAll(/(\w+)="([^"]*)"/g)].map(([, name, value]) => [name, value]));
    const verb = VERBS[labels.verb] ?? labels.verb;
    const resource = [labels.resource + (labels.group ? `.${labels.group}` : ''), labels.subresource].filter(Boolean).join('/');
    if (!WRITES.has(verb) || resource.startsWith('leases')) continue;
    found[`${verb} ${resource}`] = (found[`${verb} ${resource}`] ?? 0) + Number(count);
  }
  return found;
}

/** What was counted between two looks, without what was not. */
export function difference(after: Requests, before: Requests): Requests {
  return Object.fromEntries(Object.entries(after).map(([key, count]) => [key, count - (before[key] ?? 0)] as const).filter(([, count]) => count > 0));
}

export function total(requests: Requests): number {
  return Object.values(requests).reduce((sum, count) => sum + count, 0);
}
