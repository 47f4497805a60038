/** Values such as dialers, created on first use and shared by their key. One that no one uses is collected. */
export class Shared<T extends object> {
  readonly #alive = new Map<string, WeakRef<T>>();
  /** In the order of their last use. */
  readonly #recent = new Map<string, T>();
  readonly #most: number;
  readonly #collected = new FinalizationRegistry<string>((key) => {
    // There may be a new value for the key in the meantime.
    if (this.#alive.get(key)?.deref() === undefined) this.#alive.delete(key);
  });

  /** @param most how many recently used values are kept although they may be unused */
  constructor(most = 0) {
    this.#most = most;
  }

  of(key: string, make: () => T): T {
    let value = this.#alive.get(key)?.deref();
    if (value === undefined) {
      value = make();
      this.#alive.set(key, new WeakRef(value));
      this.#collected.register(value, key);
    }
    this.#recent.delete(key);
    this.#recent.set(key, value);
    const [oldest = key] = this.#recent.keys();
    if (this.#recent.size > this.#most) this.#recent.delete(oldest);
    return value;
  }

  /** Forgets all values. @returns those that still exist */
  clear(): T[] {
    const values = Array.from(this.#alive.values(), (value) => value.deref());
    this.#alive.clear();
    this.#recent.clear();
    return values.filter((value) => value !== undefined);
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
