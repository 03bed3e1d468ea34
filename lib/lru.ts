/** A map that keeps what was used last: what was set longest ago makes way. */
export class Lru<K, V> {
  readonly #entries = new Map<K, V>();
  #size = 0;

  /**
   * @param most entries; or, with `sizeOf`, what all of them are together
   * @param sizeOf an entry's size, above 0
   */
  constructor(
    private readonly most: number,
    private readonly sizeOf: (value: V) => number = () => 1,
  ) {}

  get(key: K): V | undefined {
    return this.#entries.get(key);
  }

  /** Puts an entry last. One that is larger than all may be together is not kept. */
  set(key: K, value: V): void {
    this.delete(key);
    this.#entries.set(key, value);
    this.#size += this.sizeOf(value);
    // A map keeps the order of insertion.
    for (const [oldest] of this.#entries) {
      if (this.#size <= this.most) break;
      this.delete(oldest);
    }
  }

  delete(key: K): void {
    const value = this.#entries.get(key);
    if (value !== undefined) this.#size -= this.sizeOf(value);
    this.#entries.delete(key);
  }

  clear(): void {
    this.#entries.clear();
    this.#size = 0;
  }
}
