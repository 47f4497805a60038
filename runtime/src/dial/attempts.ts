import type { Clock } from "../base/clock.ts";
import { type SrvAttempt, type SrvAttemptPhase, toError } from "../base/errors.ts";
import { targetKey } from "../base/name.ts";
import type { SrvTarget } from "../base/types.ts";
import type { Connection, Endpoint } from "./attempt.ts";

/** How many attempts an error holds. */
const MOST_SHOWN = 100;

/** The attempts on one endpoint, or the lookups of one host; the last one may be running. */
export interface Attempt {
  readonly host: string;
  /** Undefined for a lookup. */
  readonly address: string | undefined;
  readonly port: number;
  phase: SrvAttemptPhase;
  error: Error | undefined;
  /** How the try before failed: shown while this one has its head start. */
  readonly before: Pick<SrvAttempt, "phase" | "error"> | undefined;
  /** True if it was unfinished at the end of its head start. */
  isSlow: boolean;
  /** For a lookup: true if it found addresses, which have attempts of their own. */
  isFound: boolean;
  tries: number;
  /** When the last try began, in ms of the clock. */
  at: number;
}

/** What one dial has tried: used for its error, and for the cooldown of failed targets. */
export class Attempts {
  readonly #cooldown: Cooldown;
  readonly #clock: Clock;
  readonly #isByHost: boolean;
  readonly #started: number;
  readonly #all = new Map<string, Attempt>();
  /** The endpoints that are in the race, or have been in this pass. */
  #inPass = new Set<string>();

  /** @param isByHost whether an address is another endpoint under another host, since TLS asks for the host */
  constructor(cooldown: Cooldown, clock: Clock, isByHost: boolean) {
    this.#cooldown = cooldown;
    this.#clock = clock;
    this.#isByHost = isByHost;
    this.#started = clock.now();
  }

  /** Whether the endpoint may enter the race: each may do so once in a pass. */
  enter(endpoint: Endpoint): boolean {
    const key = this.#keyOf(endpoint);
    if (this.#inPass.has(key)) return false;
    this.#inPass.add(key);
    return true;
  }

  /** From now on, what has failed may be tried again. */
  nextPass(): void {
    this.#inPass = new Set(
      [...this.#inPass].filter((key) => this.#all.get(key)?.error === undefined),
    );
  }

  begin(endpoint: Endpoint): Attempt {
    const { host, address, port } = endpoint;
    return this.#begin(this.#keyOf(endpoint), host, address, port, "connect");
  }

  beginLookup({ host, port }: { host: string; port: number }): Attempt {
    return this.#begin(`${host} ${port} lookup`, host, undefined, port, "lookup");
  }

  failed(attempt: Attempt, error: unknown): void {
    attempt.error = toError(error);
    this.#cooldown.failed(attempt);
  }

  /** Called at the end of a head start: marks unfinished attempts as slow. */
  headStartIsOver(): void {
    for (const each of this.#all.values()) {
      each.isSlow ||= each.error === undefined && !each.isFound;
    }
  }

  /**
   * Puts targets that used up their head start and lost to another target into the cooldown, as if they
   * had failed. Otherwise a lost host would delay every dial by a head start.
   */
  passBy({ host, address, port }: Connection): void {
    for (const each of this.#all.values()) {
      const isSame = each.host === host && each.port === port;
      if (isSame && each.address === address) return;
      if (!isSame && each.isSlow) this.#cooldown.failed(each);
    }
  }

  /** Called at the deadline: puts unfinished and failed targets into the cooldown. */
  timedOut(): void {
    for (const each of this.#all.values()) this.#cooldown.failed(each);
  }

  /** Whether an attempt or a lookup is running. */
  get isRunning(): boolean {
    return this.#shown.some((each) => outcomeOf(each).error === undefined);
  }

  get total(): number {
    return this.#shown.length;
  }

  tally(): SrvAttempt[] {
    return this.#shown.slice(0, MOST_SHOWN).map((each) => {
      const { host, address, port, tries, at } = each;
      const { phase, error = new Error(`unfinished (${phase})`) } = outcomeOf(each);
      return { host, address, port, phase, error, tries, at: at - this.#started };
    });
  }

  #keyOf({ host, address, port }: Endpoint): string {
    return `${address} ${port}${this.#isByHost ? ` ${host}` : ""}`;
  }

  get #shown(): Attempt[] {
    return [...this.#all.values()].filter(({ isFound }) => !isFound);
  }

  #begin(
    key: string,
    host: string,
    address: string | undefined,
    port: number,
    phase: SrvAttemptPhase,
  ): Attempt {
    const last = this.#all.get(key);
    const tries = (last?.tries ?? 0) + 1;
    const at = this.#clock.now();
    const before =
      last?.error === undefined ? last?.before : { phase: last.phase, error: last.error };
    const begun = {
      host,
      address,
      port,
      phase,
      error: undefined,
      before,
      isSlow: false,
      isFound: false,
      tries,
      at,
    };
    this.#all.set(key, begun);
    return begun;
  }
}

function outcomeOf(attempt: Attempt): Pick<Attempt, "phase" | "error"> {
  return attempt.error === undefined && !attempt.isSlow ? (attempt.before ?? attempt) : attempt;
}

/** Remembers targets that failed recently. They are dialed last for a while, but never left out. */
export class Cooldown {
  readonly #duration: number;
  readonly #clock: Clock;
  readonly #failedUntil = new Map<string, number>();

  /** @param duration ms */
  constructor(duration: number, clock: Clock) {
    this.#duration = duration;
    this.#clock = clock;
  }

  failed(endpoint: { host: string; port: number }): void {
    // Stryker disable next-line ConditionalExpression: what has expired counts as not failed, kept or not
    if (this.#duration === 0) return;
    this.#forgetExpired();
    this.#failedUntil.set(targetKey(endpoint), this.#clock.now() + this.#duration);
  }

  /** @returns whether it had failed recently */
  succeeded(endpoint: { host: string; port: number }): boolean {
    // Stryker disable next-line ConditionalExpression,EqualityOperator: a shortcut
    return this.#failedUntil.size > 0 && this.#failedUntil.delete(targetKey(endpoint));
  }

  has(endpoint: { host: string; port: number }): boolean {
    if (this.#failedUntil.size === 0) return false;
    return (this.#failedUntil.get(targetKey(endpoint)) ?? 0) > this.#clock.now();
  }

  /** The targets, with those that failed recently moved to the end. Otherwise the order does not change. */
  failedLast(targets: readonly SrvTarget[]): readonly SrvTarget[] {
    if (this.#failedUntil.size === 0 || targets.length < 2) return targets;
    return [
      ...targets.filter((target) => !this.has(target)),
      ...targets.filter((target) => this.has(target)),
    ];
  }

  /** Dynamic ports are not reused: without this, the map would grow each time a service moves. */
  // Stryker disable next-line BlockStatement: it only saves memory
  #forgetExpired(): void {
    const now = this.#clock.now();
    for (const [key, until] of this.#failedUntil) {
      if (until <= now) this.#failedUntil.delete(key);
    }
  }
}
