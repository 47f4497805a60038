/** Values such as dialers, created on first use and shared by their key; the most recently used ones are kept. */
export class Shared<T> {
  /** In the order of their last use. */
  readonly #values = new Map<string, T>();
  readonly #most: number;

  /** @param most how many are kept: one that was evicted is only shared no longer */
  constructor(most = 1_000) {
    this.#most = most;
  }

  of(key: string, make: () => T): T {
    const value = this.#values.get(key) ?? make();
    this.#values.delete(key);
    this.#values.set(key, value);
    const [oldest = key] = this.#values.keys();
    if (this.#values.size > this.#most) this.#values.delete(oldest);
    return value;
  }

  /** Forgets all values. @returns those that were kept */
  clear(): T[] {
    const values = [...this.#values.values()];
    this.#values.clear();
    return values;
  }
}

const ids = /* @__PURE__ */ new WeakMap<object, number>();
let lastId = 0;

/**
 * A key that is equal for equal options, even if they are in two objects. `cache`, `tls` and lists are compared by
 * their entries; functions and all other objects, such as a resolver, by identity.
 */
export function keyOf(options: object): string {
  return entriesOf(options, (value, name) => {
    const isOpened = name === "cache" || name === "tls" || Array.isArray(value);
    return isOpened && isObject(value) ? entriesOf(value, idOf) : idOf(value);
  });
}

function entriesOf(fields: object, keyOfValue: (value: unknown, name: string) => string): string {
  const given = Object.entries(fields).filter(([, value]) => value !== undefined);
  const keys = given.map(([name, value]) => JSON.stringify([name, keyOfValue(value, name)]));
  return keys.toSorted().join();
}

function idOf(value: unknown): string {
  if (!isObject(value)) return `${typeof value} ${String(value)}`;
  let id = ids.get(value);
  if (id === undefined) ids.set(value, (id = ++lastId));
  return `object ${id}`;
}

function isObject(value: unknown): value is object {
  return (typeof value === "object" && value !== null) || typeof value === "function";
}
