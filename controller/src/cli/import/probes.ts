import { Fields, KPLUS, Part, PodWriter, member, seconds, unlessEmpty } from './parts';
import { Expression, literal } from './source';

const PROBES = { readinessProbe: 'readiness', livenessProbe: 'liveness', startupProbe: 'startup' } as const;
const SCHEMES = { HTTP: 'HTTP', HTTPS: 'HTTPS' };
const TIMES = { initialDelaySeconds: 'initialDelaySeconds', periodSeconds: 'periodSeconds', timeoutSeconds: 'timeoutSeconds' } as const;

/** The probes of a container. cdk8s-plus knows HTTP and TCP on numbered ports, and commands. */
export function probesPart(writer: PodWriter, container: Fields): Part {
  const props: Record<string, unknown> = {};
  const rest: Record<string, unknown> = {};
  for (const [field, property] of Object.entries(PROBES)) {
    const probe = container[field] as Fields | undefined;
    const expression = probe && probeOf(writer, field, probe);
    if (expression) props[property] = expression;
    else rest[field] = probe;
  }
  return { props, rest };
}

function probeOf(writer: PodWriter, field: string, probe: Fields): Expression | undefined {
  const { httpGet, tcpSocket, exec, failureThreshold, successThreshold, initialDelaySeconds: _, periodSeconds: __, timeoutSeconds: ___, ...unknown } = probe;
  const action = actionOf(writer, { httpGet, tcpSocket, exec } as Actions);
  if (!action || Object.keys(unknown).length > 0) return undefined;
  if (failureThreshold === undefined || (httpGet && (httpGet as Fields).scheme === undefined)) writer.writtenOut.add(field);
  const times = Object.entries(TIMES).map(([name, property]) => [property, typeof probe[name] === 'number' ? seconds(writer, probe[name]) : undefined]);
  const threshold = failureThreshold === 3 ? undefined : failureThreshold;
  const options = { ...action.options, failureThreshold: threshold, successThreshold, ...Object.fromEntries(times) };
  const given = [...action.given, ...(unlessEmpty(options) ? [literal(options)] : [])];
  return new Expression(`${writer.source.use(KPLUS, 'Probe')}.${action.method}(${given.join(', ')})`);
}

interface Actions {
  readonly httpGet?: Fields;
  readonly tcpSocket?: Fields;
  readonly exec?: Fields;
}

interface Action {
  readonly method: string;
  readonly given: readonly string[];
  readonly options: Fields;
}

function actionOf(writer: PodWriter, { httpGet, tcpSocket, exec }: Actions): Action | undefined {
  if (Array.isArray(exec?.command)) return { method: 'fromCommand', given: [literal(exec.command)], options: {} };
  const { port, host, path, scheme, ...unknown } = httpGet ?? tcpSocket ?? {};
  if (typeof port !== 'number' || Object.keys(unknown).length > 0) return undefined;
  if (tcpSocket) return { method: 'fromTcpSocket', given: [], options: { port, host } };
  const secure = scheme === undefined || scheme === 'HTTP' ? undefined : member(writer, 'ConnectionScheme', SCHEMES, scheme);
  if (typeof path !== 'string' || (scheme !== undefined && scheme !== 'HTTP' && !secure)) return undefined;
  return { method: 'fromHttpGet', given: [literal(path)], options: { port, host, scheme: secure } };
}
