import { type SrvAttempt, type SrvAttemptPhase, toError } from "../base/errors.ts";
import { targetKey } from "../base/name.ts";
import type { Clock } from "../base/time.ts";
import type { Connection, Endpoint } from "./connection.ts";
import { type Cooldown, SHORT_HEAD_START } from "./order.ts";

const MOST_SHOWN = 100;

/** How long in ms an attempt may be silent before a dial that waits makes another one beside it: the server may have accepted the first one and never answer it. Each further one waits twice as long. */
const SILENT = 1_000;

/** What an unfinished attempt waits for. */
const AWAITED: Readonly<Record<SrvAttemptPhase, string>> = {
  lookup: "its address",
  connect: "the connection",
  tls: "the TLS handshake",
  verify: "its reply to the check, such as PING",
};

export interface Try {
  readonly of: Attempt;
  phase: SrvAttemptPhase;
}

/** An attempt on an endpoint, or a lookup of a host, which has no address. A dial that waits tries it again. */
export class Attempt<Address = string | undefined> {
  readonly host: string;
  readonly address: Address;
  readonly port: number;
  /**
   * `ready` to enter the race, also beside a silent try; `hopeless`: no other try can succeed; `found`: a lookup whose
   * addresses have attempts of their own.
   */
  state: "ready" | "entered" | "running" | "failed" | "hopeless" | "found" = "ready";
  /** Undefined once it has failed. */
  last: Try | undefined;
  /** Of the last try that failed. */
  failure: Pick<SrvAttempt, "phase" | "error"> | undefined;
  tries = 0;
  /** How many of them have not ended. */
  unfinished = 0;
  /** When the last try began, in ms of the clock. */
  at = 0;
  /** The last pass in which it was among the targets. */
  pass = 0;

  constructor(host: string, address: Address, port: number) {
    this.host = host;
    this.address = address;
    this.port = port;
  }
}

/** What one dial has tried: used for its error, and for the cooldown of failed targets. */
export class Attempts {
  readonly #cooldown: Cooldown;
  readonly #clock: Clock;
  readonly #began: number;
  /** ms; an attempt that was overtaken earlier had no whole head start. */
  readonly #headStart: number;
  #pass = 0;
  readonly #endpoints = new Map<string, Attempt<string>>();
  readonly #lookups = new Map<string, Attempt>();
  /** In the order of their first starts. */
  readonly #started: Attempt[] = [];

  constructor(cooldown: Cooldown, clock: Clock, attemptDelay: number) {
    this.#cooldown = cooldown;
    this.#clock = clock;
    this.#began = clock.now();
    // A timer may fire a millisecond early.
    this.#headStart = Math.min(attemptDelay, SHORT_HEAD_START) - 1;
  }

  /** @returns undefined if the endpoint is in the race already, or has failed in this pass */
  enter({ host, address, port }: Endpoint): Attempt<string> | undefined {
    const key = `${address} ${port}`;
    let attempt = this.#endpoints.get(key);
    if (attempt === undefined)
      this.#endpoints.set(key, (attempt = new Attempt(host, address, port)));
    attempt.pass = this.#pass;
    if (attempt.state !== "ready") return undefined;
    attempt.state = "entered";
    return attempt;
  }

  /** From now on, what has failed or is silent may be tried again. What is silent goes to the end of the order. */
  nextPass(): void {
    const now = this.#clock.now();
    this.#pass++;
    for (const each of this.#started) {
      if (each.state === "failed") each.state = "ready";
      const isSilent = now >= each.at + SILENT * 2 ** (each.unfinished - 1);
      if (each.state !== "running" || !isSilent) continue;
      // A silent lookup is not made twice.
      if (each.address !== undefined) each.state = "ready";
      this.#cooldown.failed(each, true);
    }
  }

  begin(attempt: Attempt, phase: SrvAttemptPhase = "connect"): Try {
    if (attempt.tries++ === 0) this.#started.push(attempt);
    attempt.unfinished++;
    attempt.state = "running";
    attempt.at = this.#clock.now();
    attempt.pass = this.#pass;
    return (attempt.last = { of: attempt, phase });
  }

  beginLookup({ host, port }: { host: string; port: number }): Try {
    const key = targetKey({ host, port });
    let lookup = this.#lookups.get(key);
    if (lookup === undefined) this.#lookups.set(key, (lookup = new Attempt(host, undefined, port)));
    return this.begin(lookup, "lookup");
  }

  /** Whether a lookup of the target is running, and has found nothing yet. */
  isLookingUp(target: { host: string; port: number }): boolean {
    return this.#lookups.size > 0 && this.#lookups.get(targetKey(target))?.state === "running";
  }

  /** A lookup has addresses, which have attempts of their own. */
  found({ of: lookup }: Try): void {
    if (lookup.state === "running") lookup.unfinished--;
    lookup.state = "found";
  }

  failed(tried: Try, reason: unknown, isHopeless = false): void {
    const { of: attempt, phase } = tried;
    attempt.unfinished--;
    this.#cooldown.failed(attempt, false);
    // What became of an earlier one says nothing about the last.
    if (attempt.last !== tried) return;
    attempt.last = undefined;
    if (attempt.state === "running") attempt.state = isHopeless ? "hopeless" : "failed";
    attempt.failure = { phase, error: toError(reason) };
  }

  /**
   * Puts addresses that used up a head start before the winner began, and are unfinished, into the cooldown, as if they
   * had failed. Otherwise a lost host would delay every dial by a head start.
   */
  coolDownSlow(winner: Connection): void {
    if (this.#started.length === 1) return;
    const isWinner = (each: Attempt): boolean =>
      each.port === winner.port && each.address === winner.address;
    const won = this.#started.find(isWinner);
    for (const each of this.#started) {
      const isSlow = won && each.unfinished > 0 && each.at + this.#headStart <= won.at;
      if (isSlow && !isWinner(each)) this.#cooldown.failed(each, true, targetKey(winner));
    }
  }

  /** Called at the deadline: puts failed addresses into the cooldown, and unfinished ones that had some time. */
  timedOut(): void {
    for (const each of this.#shown) {
      const isFinished = each.unfinished === 0;
      if (isFinished || this.#hadTime(each)) this.#cooldown.failed(each, !isFinished);
    }
  }

  /** Whether an attempt or a lookup is running, and has no failure to show. */
  get isUnfinished(): boolean {
    return this.#shown.some((each) => this.#failureOf(each) === undefined);
  }

  /** Whether no target of the last pass can succeed later. */
  get areHopeless(): boolean {
    const current = this.#shown.filter(({ pass }) => pass === this.#pass);
    return current.length > 0 && current.every(({ state }) => state === "hopeless");
  }

  get total(): number {
    return this.#shown.length;
  }

  tally(): SrvAttempt[] {
    return this.#shown.slice(0, MOST_SHOWN).map((each) => {
      const { host, address, port, last, tries, at } = each;
      const phase = last?.phase ?? "connect";
      const error = new Error(`still waiting for ${AWAITED[phase]}`);
      const failure = this.#failureOf(each) ?? { phase, error };
      return { host, address, port, ...failure, tries, at: at - this.#began };
    });
  }

  /** Why it failed; undefined once another try has had some time. */
  #failureOf(each: Attempt): Attempt["failure"] {
    return each.last !== undefined && this.#hadTime(each) ? undefined : each.failure;
  }

  #hadTime({ at }: Attempt): boolean {
    return this.#clock.now() >= at + SHORT_HEAD_START;
  }

  get #shown(): Attempt[] {
    return this.#started.filter(({ state }) => state !== "found");
  }
}
