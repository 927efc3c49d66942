/** Items that are sorted one by one: a few, which is the rule. */
const FEW = 48;

/** Sorts in place and keeps equals in their order, like the built-in way, without the memory that takes for a few items. */
export function sortInPlace<T>(items: T[], compare: (a: T, b: T) => number): T[] {
  if (items.length > FEW) return items.sort(compare);
  for (let at = 1; at < items.length; at += 1) {
    const item = items[at]!;
    let to = at;
    for (; to > 0 && compare(item, items[to - 1]!) < 0; to -= 1) items[to] = items[to - 1]!;
    items[to] = item;
  }
  return items;
}
