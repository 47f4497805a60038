/** The maximum number of values that are kept. */
const MOST = 256;

/** Values by name, created on first use. Only the most recently used ones are kept. */
export class Recent<T> {
  readonly #make: (name: string) => T;
  /** Ordered by their last use, oldest first. */
  readonly #values = new Map<string, T>();

  constructor(make: (name: string) => T) {
    this.#make = make;
  }

  of(name: string): T {
    const value = this.#values.get(name) ?? this.#make(name);
    this.#values.delete(name);
    this.#values.set(name, value);
    const [oldest] = this.#values.keys();
    if (this.#values.size > MOST && oldest !== undefined) this.#values.delete(oldest);
    return value;
  }

  /** Forgets all values. @returns the values that were kept */
  clear(): T[] {
    const values = [...this.#values.values()];
    this.#values.clear();
    return values;
  }
}
