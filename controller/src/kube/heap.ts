/** A binary heap: the smallest item by `before` first. Items that compare equal come in no particular order. */
export class Heap<T> {
  private readonly items: T[] = [];

  /** @param before whether `a` has to come out ahead of `b` */
  constructor(private readonly before: (a: T, b: T) => boolean) {}

  get size(): number {
    return this.items.length;
  }

  /** The smallest item, which stays where it is; undefined when the heap is empty. */
  peek(): T | undefined {
    return this.items[0];
  }

  push(item: T): void {
    this.items.push(item);
    this.rise(this.items.length - 1);
  }

  /** Takes the smallest item out; undefined when the heap is empty. */
  pop(): T | undefined {
    const smallest = this.items[0];
    const last = this.items.pop();
    if (this.items.length > 0) {
      this.items[0] = last as T;
      this.sink(0);
    }
    return smallest;
  }

  clear(): void {
    this.items.length = 0;
  }

  private rise(start: number): void {
    let at = start;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (!this.before(this.items[at], this.items[parent])) return;
      this.swap(at, parent);
      at = parent;
    }
  }

  private sink(start: number): void {
    let at = start;
    for (;;) {
      const smallest = this.smallestOfFamily(at);
      if (smallest === at) return;
      this.swap(at, smallest);
      at = smallest;
    }
  }

  private smallestOfFamily(at: number): number {
    let smallest = at;
    for (const child of [2 * at + 1, 2 * at + 2]) {
      if (child < this.items.length && this.before(this.items[child], this.items[smallest])) smallest = child;
    }
    return smallest;
  }

  private swap(a: number, b: number): void {
    [this.items[a], this.items[b]] = [this.items[b], this.items[a]];
  }
}
