import { asTheyCome, interleave } from "../answers/addresses.ts";
import { type Answer, type Reasons, answerOf, eachAnswer, noAnswer } from "../answers/answers.ts";
import type { Source, SourceSettings } from "../answers/source.ts";
import { publish } from "../base/diagnostics.ts";
import { SrvDialError, type SrvDialErrorCode, describeAttempts, hasCode } from "../base/errors.ts";
import { type Lifetime, interruptionOf } from "../base/lifetime.ts";
import { targetKey } from "../base/name.ts";
import type { SrvTarget } from "../base/types.ts";
import { type Attempt, Attempts } from "./attempts.ts";
import { type AttemptOptions, type Connection, connectTo, endpointOf } from "./connection.ts";
import { type Cooldown, SHORT_HEAD_START, orderTargets } from "./order.ts";
import { type Outage, SHORTEST, YOUNGEST } from "./outage.ts";
import { type Candidate, Race } from "./race.ts";

/** The settings of all dials of one dialer. Times in ms. */
export interface DialSettings extends SourceSettings, Omit<AttemptOptions, "tls" | "ref"> {
  readonly attemptDelay: number;
  readonly priorityDelay: number;
  readonly random: () => number;
}

/** Shared by the dials of one dialer. */
export interface DialContext {
  readonly settings: DialSettings;
  readonly sources: readonly Source[];
  readonly cooldown: Cooldown;
  readonly outage: Outage;
  readonly counts: { attempts: number };
}

/** What differs between the dials of one dialer. */
export interface DialMode extends Pick<AttemptOptions, "tls" | "ref"> {
  /** Whether to try again, until the deadline, what has failed. */
  readonly wait: boolean;
}

/**
 * One dial: dials everything that can be dialed now. While nothing has been won, it looks for new targets at its turn in
 * the outage of its dialer. It ends when everything has failed; with `wait`, each look is a pass over all targets again.
 */
export class Dial {
  readonly #context: DialContext;
  readonly #mode: DialMode;
  readonly #lifetime: Lifetime;
  readonly #attempts: Attempts;
  readonly #race: Race<Attempt<string>>;
  /** The reasons of the sources without targets in the last whole look; undefined during the first one. */
  #reasons: Reasons | undefined;
  /** The newest answer of the first source that gave one. */
  #preferredAnswer: Answer | undefined;
  #isStaleReported = false;

  constructor(context: DialContext, mode: DialMode, lifetime: Lifetime) {
    this.#context = context;
    this.#mode = mode;
    this.#lifetime = lifetime;
    const { clock, servername, attemptDelay } = context.settings;
    const isHostSent = mode.tls !== undefined && servername === undefined;
    this.#attempts = new Attempts(context.cooldown, clock, isHostSent, attemptDelay);
    this.#race = new Race({
      clock,
      lifetime,
      attempt: (endpoint, ofAttempt) => this.#attempt(endpoint, ofAttempt),
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
    this.#context.outage.connected();
    this.#attempts.coolDownSlow(winner);
    return this.#isFallback(winner) ? { ...winner, isFallback: true } : winner;
  }

  /** Whether the target came from a later source, and the first one with an answer does not name it. */
  #isFallback(winner: Connection): boolean {
    if (this.#context.sources.length < 2) return false;
    const key = targetKey(winner);
    return this.#preferredAnswer?.targets.every((target) => targetKey(target) !== key) === true;
  }

  /** Adds targets to the race until it is over. */
  async #search(): Promise<void> {
    const { outage, settings } = this.#context;
    const { lifetime } = this.#race;
    const { wait } = this.#mode;
    if (await this.#look()) return;
    if (!wait) this.#race.endWhenIdle();
    for (;;) {
      // A dial that does not wait only looks for targets beside a silent one.
      if (wait) await outage.turn(lifetime);
      else await lifetime.wait<void>((resolve) => settings.clock.setTimeout(resolve, SHORTEST));
      if (wait) this.#attempts.nextPass();
      // All dials together ask at this pace, whatever the cache.
      if (await this.#look(Math.max(settings.cache.minRefresh, YOUNGEST))) return;
    }
  }

  /**
   * Dials what the sources name.
   * @param maxAge ms; cached answers are used only when their query is younger. @default their TTL
   * @returns whether the race is over
   */
  async #look(maxAge?: number): Promise<boolean> {
    const reasons: Reasons = [];
    const search = { lifetime: this.#lifetime, reasons, maxAge };
    const ended = await eachAnswer(this.#context.sources, search, async (answer) => {
      if (await this.#dial(answer, maxAge !== undefined)) return true;
      if (answer.origin !== "cached") return false;
      // Nothing of a cached answer can be reached, so it may be outdated: dial new targets of a refreshed answer too.
      const { minRefresh } = this.#context.settings.cache;
      const newer = await answerOf(answer.source, { ...search, maxAge: maxAge ?? minRefresh });
      return newer !== undefined && newer.targets !== answer.targets && this.#dial(newer, true);
    });
    this.#reasons = reasons;
    return ended !== undefined;
  }

  /** @returns false when all targets have failed, or had their head start; true once the race is over */
  #dial(answer: Answer, isSuspect: boolean): Promise<boolean> {
    const { source, targets, origin } = answer;
    if (origin === "stale" && !this.#isStaleReported) {
      source.servesStale(targets);
      this.#isStaleReported = true;
    }
    if ((this.#preferredAnswer ?? answer).source === source) this.#preferredAnswer = answer;
    const { cooldown, settings } = this.#context;
    const ordered = cooldown.failedLast(orderTargets(targets, settings.random));
    const candidates = ordered.map((target) => this.#candidate(source, target, isSuspect));
    return this.#race.run(candidates);
  }

  #candidate(source: Source, target: SrvTarget, isSuspect: boolean): Candidate<Attempt<string>> {
    const { cooldown, settings } = this.#context;
    const longest = cooldown.has(target) ? SHORT_HEAD_START : Number.POSITIVE_INFINITY;
    return {
      target,
      source,
      priorityDelay: Math.min(settings.priorityDelay, longest),
      headStart: Math.min(settings.attemptDelay, longest),
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
    let error: unknown;
    try {
      await asTheyCome(lookups, this.#context.settings.clock, (addresses) => {
        if (lookup !== undefined) this.#attempts.found(lookup);
        found(this.#endpoints(target, addresses));
      });
    } catch (reason) {
      error = reason;
    }
    const hasFailed = lookup?.of.state === "running" && this.#lifetime.reason === undefined;
    if (hasFailed) this.#attempts.failed(lookup, error ?? this.#noAddress());
  }

  #noAddress(): Error {
    const { family } = this.#context.settings;
    return new Error(family === "both" ? "it has no address" : `it has no IPv${family} address`);
  }

  #endpoints({ host, port }: SrvTarget, addresses: readonly string[]): Attempt<string>[] {
    return interleave(addresses)
      .map((address) => this.#attempts.enter({ host, address, port }))
      .filter((attempt) => attempt !== undefined);
  }

  async #attempt(endpoint: Attempt<string>, lifetime: Lifetime): Promise<Connection> {
    const { settings, cooldown, counts } = this.#context;
    const { name } = settings;
    const begun = this.#attempts.begin(endpoint);
    counts.attempts++;
    publish("srv-dialer:attempt", () => ({ name, ...endpointOf(endpoint) }));
    try {
      const { connect, socket, servername, verify } = settings;
      const { tls, ref } = this.#mode;
      const options = { connect, socket, servername, verify, tls, ref };
      const connection = await connectTo(endpoint, options, lifetime, begun);
      // A connection that is not ready may still be used, but the next dial tries other targets first.
      if (connection.isReady) cooldown.succeeded(endpoint);
      else this.#attempts.failed(begun, new Error("answers that it is not ready"));
      return connection;
    } catch (error) {
      if (lifetime.reason === undefined) this.#attempts.failed(begun, error);
      throw error;
    }
  }

  /** The error if the call ended early; undefined if it did not. */
  interrupted(): SrvDialError | undefined {
    const interruption = interruptionOf(this.#lifetime);
    if (interruption === undefined) return undefined;
    const isLate = interruption.code === "ERR_SRV_TIMEOUT" && this.#mode.wait;
    // No attempt is unfinished: the last look says why this call got no connection.
    const isKnown = isLate && !this.#attempts.isUnfinished && this.#reasons !== undefined;
    const { code, cause } = isKnown ? this.#reason() : interruption;
    return this.#error(
      code,
      `Dial of ${this.#context.settings.name} ${interruption.message}`,
      cause,
    );
  }

  #failed(): SrvDialError {
    if (this.#attempts.total === 0) return this.#noAnswer();
    const { code, cause } = this.#reason();
    return this.#error(code, `Cannot connect to ${this.#context.settings.name}`, cause);
  }

  /** Why the last look gave no connection. */
  #reason(): { readonly code: SrvDialErrorCode; readonly cause: Error } {
    const none = this.#noAnswer();
    const [first] = this.#attempts.tally();
    if (first === undefined) return { code: none.code, cause: none };
    return { code: "ERR_SRV_CONNECT", cause: this.#reasons?.length ? none : first.error };
  }

  #noAnswer(): SrvDialError {
    return noAnswer(this.#context.settings.name, this.#reasons ?? []);
  }

  /** An error that says what was tried, and what DNS said last. */
  #error(code: SrvDialErrorCode, what: string, cause?: unknown): SrvDialError {
    const attempts = this.#attempts.tally();
    const tried = attempts.length > 0 ? [describeAttempts(attempts, this.#attempts.total)] : [];
    if (this.#reasons?.length) tried.push(this.#noAnswer().message);
    return new SrvDialError(code, `${what}: ${tried.join("; ") || "while resolving"}`, {
      hostname: this.#context.settings.name,
      attempts,
      cause,
    });
  }
}
