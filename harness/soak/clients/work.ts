/** Operations on a key before a new key replaces it. */
export const LIFE = 150;
/** Number of keys of each kind in use. */
const COUNTERS = 2;
const SHARED = 3;
/** Shares of the operations. */
const SHARE = { incr: 0.25, get: 0.4 };

/** The next operation of a client. */
export interface Work {
  readonly key: string;
  readonly kind: "set" | "get" | "incr";
}

/**
 * Selects the keys of operations. ioredis resends a command when its connection breaks, so a SET may run twice. A
 * client that resends writes only its own keys: its commands stay in order, and no other write comes between the
 * two. Clients that send each command once write shared keys, and each increments its own counter, which shows an
 * INCR that takes effect twice. All clients read all keys except the counters.
 */
export class Keys {
  readonly #random: () => number;
  readonly #slots = new Map<string, { key: string; left: number }>();
  readonly #owners: readonly string[];
  #created = 0;

  /** @param writers clients that write their own keys */
  constructor(writers: readonly number[], random: () => number) {
    this.#random = random;
    this.#owners = writers.map((client) => `own-${client}`);
  }

  /** @param sendsOnce whether the client sends each command once and writes shared keys */
  next(client: number, sendsOnce: boolean): Work {
    const draw = this.#random();
    if (draw < SHARE.incr) {
      const slot = sendsOnce ? "once-counter" : this.#oneOf("counter", COUNTERS);
      return { kind: "incr", key: this.#key(slot) };
    }
    if (draw < SHARE.incr + SHARE.get) return { kind: "get", key: this.#key(this.#anyRegister()) };
    const slot = sendsOnce ? this.#oneOf("shared", SHARED) : `own-${client}`;
    return { kind: "set", key: this.#key(slot) };
  }

  #anyRegister(): string {
    const shared = Array.from({ length: SHARED }, (_, index) => `shared-${index}`);
    const all = [...shared, ...this.#owners];
    return all[Math.floor(this.#random() * all.length)] ?? "shared-0";
  }

  #oneOf(kind: string, count: number): string {
    return `${kind}-${Math.floor(this.#random() * count)}`;
  }

  /** The current key of the slot. */
  #key(slot: string): string {
    let place = this.#slots.get(slot);
    if (place === undefined || place.left === 0) {
      place = { key: `soak:${slot}:${++this.#created}`, left: LIFE };
      this.#slots.set(slot, place);
    }
    place.left -= 1;
    return place.key;
  }
}
