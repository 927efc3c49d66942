const DECIMAL: ReadonlyArray<readonly [suffix: string, exponent: number]> =
  [['E', 18], ['P', 15], ['T', 12], ['G', 9], ['M', 6], ['k', 3], ['', 0], ['m', -3], ['u', -6], ['n', -9]];
const BINARY = ['Ei', 'Pi', 'Ti', 'Gi', 'Mi', 'Ki'];
/** Quantities are counted in thousand millionths, the smallest that the server knows. */
const NANO = 10n ** 9n;

/**
 * A quantity as the real API server shows it: a whole number with the largest suffix that allows one, so `1000m` is `1`, `1000` is `1k`
 * and `1.5Gi` is `1536Mi`. What is no quantity is returned as it is.
 */
export function canonicalQuantity(quantity: string | number): string {
  const text = String(quantity);
  const match = /^([+-]?)(\d*)\.?(\d*)(?:([numkMGTPE]|[KMGTPE]i)|[eE]([+-]?\d+))?$/.exec(text);
  if (!match || match[2] + match[3] === '') return text;
  const [, sign, whole, fraction, suffix = '', exponent] = match;
  const nano = nanos(BigInt(whole + fraction), fraction.length, suffix, Number(exponent ?? 0));
  if (nano === 0n) return '0';
  const amount = suffix.endsWith('i') && nano >= 1024n * NANO && nano % NANO === 0n ? binary(nano / NANO) : decimal(nano, exponent !== undefined);
  return sign === '-' ? `-${amount}` : amount;
}

function nanos(digits: bigint, decimals: number, suffix: string, exponent: number): bigint {
  if (suffix.endsWith('i')) return roundedUp(digits * NANO * 1024n ** BigInt(BINARY.length - BINARY.indexOf(suffix)), 10n ** BigInt(decimals));
  const power = 9 + exponent + (DECIMAL.find(([name]) => name === suffix)?.[1] ?? 0) - decimals;
  return power >= 0 ? digits * 10n ** BigInt(power) : roundedUp(digits, 10n ** BigInt(-power));
}

function roundedUp(value: bigint, divisor: bigint): bigint {
  return (value + divisor - 1n) / divisor;
}

function binary(units: bigint): string {
  const index = BINARY.findIndex((_suffix, position) => units % 1024n ** BigInt(BINARY.length - position) === 0n);
  return index < 0 ? decimal(units * NANO) : `${units / 1024n ** BigInt(BINARY.length - index)}${BINARY[index]}`;
}

/** @param scientific with a power of ten in place of a suffix, as it was sent */
function decimal(nano: bigint, scientific = false): string {
  const [suffix, exponent] = DECIMAL.find(([, power]) => nano % 10n ** BigInt(power + 9) === 0n)!;
  const ending = scientific && exponent !== 0 ? `e${exponent}` : suffix;
  return `${nano / 10n ** BigInt(exponent + 9)}${ending}`;
}
