const FACTORS: Readonly<Record<string, number>> = {
  'n': 1e-9,
  'u': 1e-6,
  'm': 1e-3,
  '': 1,
  'k': 1e3,
  'M': 1e6,
  'G': 1e9,
  'T': 1e12,
  'P': 1e15,
  'E': 1e18,
  'Ki': 2 ** 10,
  'Mi': 2 ** 20,
  'Gi': 2 ** 30,
  'Ti': 2 ** 40,
  'Pi': 2 ** 50,
  'Ei': 2 ** 60,
};

/**
 * A Kubernetes quantity (`500m`, `64Gi`, `1e3`, `8`) in thousandths of its unit, rounded up as the API server rounds.
 * @throws Error when the text is no quantity.
 */
export function milliQuantity(quantity: string | number): number {
  const [, number, suffix] = /^([+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)([numkMGTPE]|[KMGTPE]i)?$/.exec(String(quantity).trim()) ?? [];
  if (number === undefined) throw new Error(`"${quantity}" is not a quantity; write for example 500m, 64Gi or 8`);
  return Math.ceil(Number((Number(number) * (FACTORS[suffix ?? ''] ?? 1) * 1000).toPrecision(15)));
}
