/** Most values that are kept. */
const MOST = 256;

/** Values by name, made when they are first asked for. Those used last are kept. */
export class Recent<T> {
  readonly #make: (name: string) => T;
  /** In the order of their last use. */
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

  /** Forgets all. @returns what was kept */
  clear(): T[] {
    const values = [...this.#values.values()];
    this.#values.clear();
    return values;
  }
}
