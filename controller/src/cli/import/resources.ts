import { Fields, KPLUS, Part, PodWriter, size, unlessEmpty } from './parts';
import { Expression } from './source';

const LIMIT_AND_REQUEST = [['limits', 'limit'], ['requests', 'request']] as const;
const COMPUTE = { 'cpu': 'cpu', 'memory': 'memory', 'ephemeral-storage': 'ephemeralStorage' } as const;

/** What a container asks for: CPU, memory and storage as properties; what else there is, as it is written. */
export function resourcesPart(writer: PodWriter, resources: Fields | undefined): Part {
  const props: Record<string, Record<string, Expression>> = {};
  const rest: Record<string, unknown> = { ...resources };
  for (const [list, bound] of LIMIT_AND_REQUEST) {
    const amounts: Record<string, unknown> = { ...(rest[list] as Fields | undefined) };
    for (const [name, property] of Object.entries(COMPUTE)) {
      const amount = amountOf(writer, name as keyof typeof COMPUTE, amounts[name]);
      if (!amount) continue;
      (props[property] ??= {})[bound] = amount;
      delete amounts[name];
    }
    rest[list] = unlessEmpty(amounts);
  }
  return { props: { resources: unlessEmpty(props) }, rest: { resources: unlessEmpty(rest) } };
}

function amountOf(writer: PodWriter, name: keyof typeof COMPUTE, amount: unknown): Expression | undefined {
  if (amount === undefined) return undefined;
  const found = name === 'cpu' ? cpu(writer, amount) : bytes(writer, amount, name === 'memory' ? 'Mi' : 'Gi');
  if (found && found.text !== amount) writer.writtenOut.add('resources');
  return found?.expression;
}

interface Amount {
  readonly expression: Expression;
  /** The amount as cdk8s-plus spells it. */
  readonly text: string;
}

function cpu({ source }: PodWriter, amount: unknown): Amount | undefined {
  const [text, count, millis] = /^(\d{1,9})(m?)$/.exec(String(amount)) ?? [];
  return text === undefined ? undefined : { expression: new Expression(`${source.use(KPLUS, 'Cpu')}.${millis ? 'millis' : 'units'}(${count})`), text };
}

function bytes(writer: PodWriter, amount: unknown, unit: 'Mi' | 'Gi'): Amount | undefined {
  const found = size(writer, amount);
  if (!found || (unit === 'Gi' && found.mebibytes % 1024 !== 0)) return undefined;
  return { expression: found.expression, text: `${unit === 'Gi' ? found.mebibytes / 1024 : found.mebibytes}${unit}` };
}

export interface Devices {
  readonly gpus?: number;
  readonly extendedResources?: Readonly<Record<string, number>>;
  /** The resources without these devices. */
  readonly others: Fields | undefined;
}

/** GPUs and other devices that a container may have at most, as the properties of a clique say them. */
export function devicesOf({ writtenOut }: PodWriter, resources: Fields | undefined): Devices {
  const limits = Object.entries((resources?.limits ?? {}) as Fields);
  const isDevice = ([name, amount]: readonly [string, unknown]) => name.includes('/') && /^[1-9]\d{0,8}$/.test(String(amount));
  const devices = limits.filter(isDevice);
  if (devices.some(([, amount]) => typeof amount === 'number')) writtenOut.add('resources');
  const { 'nvidia.com/gpu': gpus, ...extendedResources } = Object.fromEntries(devices.map(([name, amount]) => [name, Number(amount)]));
  const others = Object.fromEntries(limits.filter(limit => !isDevice(limit)));
  return { gpus, extendedResources: unlessEmpty(extendedResources), others: resources && { ...resources, limits: unlessEmpty(others) } };
}
