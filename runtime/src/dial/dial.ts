import { asTheyCome } from "../answers/addresses.ts";
import { type Answer, Inquiry } from "../answers/answers.ts";
import { YOUNGEST } from "../answers/cached.ts";
import type { Source } from "../answers/source.ts";
import { channels } from "../base/diagnostics.ts";
import { SrvDialError, type SrvDialErrorCode, describeAttempts, hasCode } from "../base/errors.ts";
import type { Settings } from "../base/settings.ts";
import { type Lifetime, interruptionOf } from "../base/time.ts";
import type { SrvTarget } from "../base/types.ts";
import { type Attempt, Attempts } from "./attempts.ts";
import { type Connection, connectTo, endpointOf, isHopeless } from "./connection.ts";
import { type Cooldown, SHORT_HEAD_START, orderTargets } from "./order.ts";
import { Outage, SHORTEST } from "./outage.ts";
import { type Candidate, Race } from "./race.ts";

/** How long in ms a target may be silent before those of a later priority are tried too (RFC 2782). */
const PRIORITY_DELAY = 2_000;

/** Shared by the dials of one dialer. */
export interface DialContext {
  readonly sources: readonly Source[];
  readonly cooldown: Cooldown;
  /** Undefined until a dial waits. */
  outage?: Outage;
}

/**
 * One dial: dials everything that can be dialed now. While nothing has been won, it looks for new targets at its turn in
 * the outage of its dialer. It ends when everything has failed; with `wait`, when nothing can get better, as with a
 * certificate that is not trusted: else each look is a pass over all targets again.
 */
export class Dial {
  readonly #context: DialContext;
  /** Those of the dialer, or of this dial. */
  readonly #settings: Settings;
  readonly #lifetime: Lifetime;
  readonly #attempts: Attempts;
  readonly #race: Race;
  readonly #inquiry: Inquiry;
  #hasLooked = false;
  #isStaleReported = false;

  constructor(context: DialContext, settings: Settings, lifetime: Lifetime) {
    this.#context = context;
    this.#settings = settings;
    this.#lifetime = lifetime;
    const { sources, cooldown } = context;
    const { name, clock, attemptDelay, wait } = settings;
    this.#attempts = new Attempts(cooldown, clock, attemptDelay);
    this.#race = new Race({
      clock,
      lifetime,
      attempt: (endpoint, ofAttempt) => this.#attempt(endpoint, ofAttempt),
    });
    this.#inquiry = new Inquiry({
      name,
      sources,
      clock,
      lifetime,
      use: (answer, isNewer) => this.#race.run(...this.#candidates(answer, isNewer)),
      onSpent: () => {
        this.#hasLooked = true;
        if (!wait || this.#attempts.areHopeless) this.#race.endWhenIdle();
      },
      onError: (error) => this.#race.abort(error),
    });
  }

  async run(): Promise<Connection> {
    // Once the race is over, an error of the search has no effect.
    this.#search().catch((error: unknown) => this.#race.abort(error));
    let winner: Connection | undefined;
    try {
      winner = await this.#race.winner;
    } catch (error) {
      if (interruptionOf(this.#lifetime)?.code === "ERR_SRV_TIMEOUT") this.#attempts.timedOut();
      const hasTried = hasCode(error, "ERR_SRV_UNAVAILABLE") && this.#attempts.total > 0;
      const reason = hasTried ? this.#error(error.code, `${error.message}; tried before`) : error;
      throw this.interrupted() ?? reason;
    }
    if (winner === undefined) throw this.#failed();
    this.#context.outage?.connected();
    this.#attempts.coolDownSlow(winner);
    return winner;
  }

  /** Adds targets to the race until it is over. */
  async #search(): Promise<void> {
    const { clock, random, wait } = this.#settings;
    const { lifetime } = this.#race;
    await this.#inquiry.ask();
    for (;;) {
      if (wait) {
        await (this.#context.outage ??= new Outage(clock, random)).turn(lifetime);
        this.#attempts.nextPass();
      } else {
        // It only looks for targets beside a silent one.
        await lifetime.wait<void>((resolve) => clock.setTimeout(resolve, SHORTEST));
      }
      // All dials together ask at this pace, whatever the cache.
      await this.#inquiry.ask(YOUNGEST);
    }
  }

  /** The targets of an answer in dial order, and the rank of their source. */
  #candidates({ source, targets, origin }: Answer, isSuspect: boolean): [Candidate[], number] {
    if (origin === "stale" && !this.#isStaleReported) {
      source.servesStale(targets);
      this.#isStaleReported = true;
    }
    const { cooldown, sources } = this.#context;
    const ordered = cooldown.failedLast(orderTargets(targets, this.#settings.random));
    const rank = sources.indexOf(source);
    return [ordered.map((target) => this.#candidate(source, rank, target, isSuspect)), rank];
  }

  #candidate(source: Source, rank: number, target: SrvTarget, isSuspect: boolean): Candidate {
    const { cooldown } = this.#context;
    const { attemptDelay } = this.#settings;
    return {
      target,
      source: rank,
      // RFC 2782 asks for the lowest priority that can be reached: one that has refused may be back.
      priorityDelay: cooldown.wasSilent(target) ? SHORT_HEAD_START : PRIORITY_DELAY,
      headStart: cooldown.has(target) ? Math.min(attemptDelay, SHORT_HEAD_START) : attemptDelay,
      find: (found) => {
        // A lookup of an earlier look reports when it is done.
        if (this.#attempts.isLookingUp(target)) return undefined;
        const { known, lookups } = source.addressesOf(target, this.#lifetime, isSuspect);
        found(this.#endpoints(target, known));
        const isKnown = known.length > 0;
        if (isKnown && lookups.length === 0) return undefined;
        return this.#lookUp(target, lookups, isKnown, found);
      },
    };
  }

  /** Waits for lookups of a target. @param isKnown whether it has addresses already: failed lookups are no failure then */
  async #lookUp(
    target: SrvTarget,
    lookups: readonly Promise<readonly string[]>[],
    isKnown: boolean,
    found: (endpoints: readonly Attempt<string>[]) => void,
  ): Promise<void> {
    const lookup = isKnown ? undefined : this.#attempts.beginLookup(target);
    const error = await asTheyCome(lookups, this.#settings.clock, (addresses) => {
      if (lookup !== undefined) this.#attempts.found(lookup);
      found(this.#endpoints(target, addresses));
    }).catch((reason: unknown) => reason);
    const hasFailed = lookup?.of.state === "running" && this.#lifetime.reason === undefined;
    if (hasFailed) this.#attempts.failed(lookup, error ?? this.#noAddress());
  }

  #noAddress(): Error {
    const { family } = this.#settings;
    return new Error(family === "both" ? "it has no address" : `it has no IPv${family} address`);
  }

  #endpoints({ host, port }: SrvTarget, addresses: readonly string[]): Attempt<string>[] {
    return this.#context.cooldown
      .inOrder(addresses, port)
      .map((address) => this.#attempts.enter({ host, address, port }))
      .filter((attempt) => attempt !== undefined);
  }

  async #attempt(endpoint: Attempt<string>, lifetime: Lifetime): Promise<Connection> {
    const { cooldown } = this.#context;
    const { name } = this.#settings;
    const begun = this.#attempts.begin(endpoint);
    if (channels.attempt.hasSubscribers) {
      channels.attempt.publish({ name, ...endpointOf(endpoint) });
    }
    try {
      const connection = await connectTo(endpoint, this.#settings, lifetime, begun);
      // A connection that is not ready may still be used, but the next dial tries other targets first.
      if (connection.isReady) cooldown.succeeded(endpoint);
      else this.#attempts.failed(begun, new Error("answers that it is not ready"));
      return connection;
    } catch (error) {
      if (lifetime.reason === undefined) this.#attempts.failed(begun, error, isHopeless(error));
      throw error;
    }
  }

  /** The error if the call ended early; undefined if it did not. */
  interrupted(): SrvDialError | undefined {
    const interruption = interruptionOf(this.#lifetime);
    if (interruption === undefined) return undefined;
    const isLate = interruption.code === "ERR_SRV_TIMEOUT" && this.#settings.wait;
    // Nothing is unfinished: the last look says why this call got no connection.
    const isFinished = !this.#attempts.isUnfinished && !this.#inquiry.isUnheard;
    const isKnown = isLate && isFinished && this.#hasLooked;
    const { code, cause } = isKnown ? this.#reason() : interruption;
    return this.#error(code, `Dial of ${this.#settings.name} ${interruption.message}`, cause);
  }

  #failed(): SrvDialError {
    if (this.#attempts.total === 0) return this.#inquiry.failure();
    const { code, cause } = this.#reason();
    return this.#error(code, `Cannot connect to ${this.#settings.name}`, cause);
  }

  /** Why the last look gave no connection. */
  #reason(): { readonly code: SrvDialErrorCode; readonly cause: Error } {
    const none = this.#inquiry.failure();
    const [first] = this.#attempts.tally();
    if (first === undefined) return { code: none.code, cause: none };
    const hasReasons = this.#inquiry.reasons.length > 0;
    return { code: "ERR_SRV_CONNECT", cause: hasReasons ? none : first.error };
  }

  /** An error that says what was tried, and what DNS said last. */
  #error(code: SrvDialErrorCode, what: string, cause?: unknown): SrvDialError {
    const attempts = this.#attempts.tally();
    const tried = attempts.length > 0 ? [describeAttempts(attempts, this.#attempts.total)] : [];
    if (this.#inquiry.reasons.length > 0) tried.push(this.#inquiry.failure().message);
    return SrvDialError.of(code, `${what}: ${tried.join("; ") || "while resolving"}`, {
      hostname: this.#settings.name,
      attempts,
      cause,
    });
  }
}
