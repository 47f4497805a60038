import type { Clock } from "../base/clock.ts";
import { type SrvAttempt, type SrvAttemptPhase, toError } from "../base/errors.ts";
import { targetKey } from "../base/name.ts";
import type { SrvTarget } from "../base/types.ts";
import type { Connection, Endpoint } from "./attempt.ts";

/** How many attempts an error holds. */
const MOST_SHOWN = 100;

/** Head start in ms of a target that failed recently: others need not wait long for it (RFC 8305, section 5). */
export const SHORT_HEAD_START = 100;

/** How long in ms an attempt may be silent before a dial that waits makes another one beside it: the first may be to a server that accepts and never answers. */
const SILENT = 1_000;

/** What an unfinished attempt waits for. */
const AWAITED: Readonly<Record<SrvAttemptPhase, string>> = {
  lookup: "its address",
  connect: "the connection",
  tls: "the TLS handshake",
  verify: "its reply to the check, such as PING",
};

/** The attempts on one endpoint, or the lookups of one host; the last one may be running. */
export interface Attempt {
  readonly host: string;
  /** Undefined for a lookup. */
  readonly address: string | undefined;
  readonly port: number;
  phase: SrvAttemptPhase;
  error: Error | undefined;
  /** How the one before failed: shown while this one has its head start. */
  before: Pick<SrvAttempt, "phase" | "error"> | undefined;
  /** True if it was unfinished at the end of its head start. */
  isSlow: boolean;
  /** True if it was unfinished {@link SILENT} after its begin. */
  isSilent: boolean;
  /** For a lookup: true if it found addresses, which have attempts of their own. */
  isFound: boolean;
  /** 0 while it waits for its start. */
  tries: number;
  /** When the last one began, in ms of the clock. */
  at: number;
  /** The last pass in which it entered the race. */
  pass: number;
}

/** An attempt on an endpoint. */
export type EndpointAttempt = Attempt & Endpoint;

/** What one dial has tried: used for its error, and for the cooldown of failed targets. */
export class Attempts {
  readonly #cooldown: Cooldown;
  readonly #clock: Clock;
  readonly #isByHost: boolean;
  readonly #began: number;
  readonly #byKey = new Map<string, Attempt>();
  /** In the order of their first starts. */
  readonly #started: Attempt[] = [];
  #pass = 0;

  /** @param isByHost whether an address is another endpoint under another host, since TLS asks for the host */
  constructor(cooldown: Cooldown, clock: Clock, isByHost: boolean) {
    this.#cooldown = cooldown;
    this.#clock = clock;
    this.#isByHost = isByHost;
    this.#began = clock.now();
  }

  /** @returns the attempt on an endpoint; undefined if it is in the race and not silent, or has been in this pass */
  enter({ host, address, port }: Endpoint): EndpointAttempt | undefined {
    const key = `${address} ${port}${this.#isByHost ? ` ${host}` : ""}`;
    const last = this.#byKey.get(key);
    const isRunning = last?.error === undefined && last?.isSilent === false;
    if (last?.pass === this.#pass || isRunning) return undefined;
    const attempt = last ?? this.#create(key, host, address, port);
    attempt.pass = this.#pass;
    return attempt as EndpointAttempt;
  }

  /** From now on, what has failed or is silent may be tried again. What is silent goes to the end of the order. */
  nextPass(): void {
    this.#pass++;
    const now = this.#clock.now();
    for (const each of this.#started) {
      if (each.error !== undefined || each.isFound || now < each.at + SILENT) continue;
      each.isSilent = true;
      this.#cooldown.failed(each);
    }
  }

  begin(attempt: Attempt, phase: SrvAttemptPhase = "connect"): void {
    if (attempt.tries++ === 0) this.#started.push(attempt);
    const { error } = attempt;
    if (error !== undefined) attempt.before = { phase: attempt.phase, error };
    attempt.phase = phase;
    attempt.error = undefined;
    attempt.isSlow = false;
    attempt.isSilent = false;
    attempt.isFound = false;
    attempt.at = this.#clock.now();
  }

  beginLookup({ host, port }: { host: string; port: number }): Attempt {
    const key = `${host} ${port} lookup`;
    const lookup = this.#byKey.get(key) ?? this.#create(key, host, undefined, port);
    this.begin(lookup, "lookup");
    return lookup;
  }

  /** Whether a lookup of the target is running, and has found nothing yet. */
  isLookingUp({ host, port }: { host: string; port: number }): boolean {
    const lookup = this.#byKey.get(`${host} ${port} lookup`);
    return lookup !== undefined && lookup.error === undefined && !lookup.isFound;
  }

  failed(attempt: Attempt, error: unknown): void {
    attempt.error = toError(error);
    this.#cooldown.failed(attempt);
  }

  /** Called at the end of a head start: marks unfinished attempts as slow. */
  headStartIsOver(): void {
    for (const each of this.#started) each.isSlow ||= each.error === undefined && !each.isFound;
  }

  /**
   * Puts targets that used up their head start and lost to another target into the cooldown, as if they
   * had failed. Otherwise a lost host would delay every dial by a head start.
   */
  coolDownSlow({ host, address, port }: Connection): void {
    for (const each of this.#started) {
      const isSame = each.host === host && each.port === port;
      if (isSame && each.address === address) return;
      if (!isSame && each.isSlow) this.#cooldown.failed(each);
    }
  }

  /** Called at the deadline: puts failed targets into the cooldown, and unfinished ones that had some time. */
  timedOut(): void {
    const now = this.#clock.now();
    for (const each of this.#started) {
      const hadTime = each.isSlow || now - each.at >= SHORT_HEAD_START;
      if (each.error !== undefined || hadTime) this.#cooldown.failed(each);
    }
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
      const { phase, error = new Error(`still waiting for ${AWAITED[phase]}`) } = outcomeOf(each);
      return { host, address, port, phase, error, tries, at: at - this.#began };
    });
  }

  get #shown(): Attempt[] {
    return this.#started.filter(({ isFound }) => !isFound);
  }

  #create(key: string, host: string, address: string | undefined, port: number): Attempt {
    const created: Attempt = {
      host,
      address,
      port,
      phase: "connect",
      error: undefined,
      before: undefined,
      isSlow: false,
      isSilent: false,
      isFound: false,
      tries: 0,
      at: 0,
      pass: this.#pass,
    };
    this.#byKey.set(key, created);
    return created;
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
