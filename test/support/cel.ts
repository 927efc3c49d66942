/** A JSON value as CEL takes it: whole numbers are integers there. */
export function asCel(value: unknown): unknown {
  if (typeof value === 'number' && Number.isInteger(value)) return BigInt(value);
  if (Array.isArray(value)) return Array.from(value, asCel);
  if (typeof value === 'object' && value !== null) return Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, asCel(entry)]));
  return value;
}
