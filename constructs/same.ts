/** Whether two plain values, as they are written to a manifest, say the same. What is undefined is not written. */
export function isSame(one: unknown, other: unknown): boolean {
  if (one === other) return true;
  if (typeof one !== 'object' || typeof other !== 'object' || one === null || other === null) return false;
  if (Array.isArray(one) || Array.isArray(other)) {
    return Array.isArray(one) && Array.isArray(other) && one.length === other.length && one.every((element, index) => isSame(element, other[index]));
  }
  return hasAll(one as Fields, other as Fields) && hasAll(other as Fields, one as Fields, false);
}

interface Fields {
  readonly [field: string]: unknown;
}

function hasAll(owner: Fields, other: Fields, compared = true): boolean {
  for (const field in owner) {
    if (owner[field] === undefined) continue;
    if (compared ? !isSame(owner[field], other[field]) : other[field] === undefined) return false;
  }
  return true;
}
