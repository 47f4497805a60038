import type { ConnectionOptions } from "node:tls";
import { type Answer, type Misses, answerOf, answersOf, noAnswer } from "../answers/answers.ts";
import { type Source, isRoot } from "../answers/source.ts";
import { channels } from "../base/diagnostics.ts";
import { SrvDialError, describeAttempts, hasCode } from "../base/errors.ts";
import type { Lifetime } from "../base/lifetime.ts";
import { targetKey } from "../base/name.ts";
import type { SrvTarget } from "../base/types.ts";
import { type Connection, type Endpoint, type Verify, attempt } from "./attempt.ts";
import { Attempts } from "./attempts.ts";
import type { Cooldown } from "./cooldown.ts";
import { interruptionOf } from "./deadline.ts";
import { asTheyCome, interleave } from "./addresses.ts";
import type { Settings } from "./options.ts";
import { orderTargets } from "./order.ts";
import { type Candidate, Race } from "./race.ts";

/** Shared by the dials of one dialer. */
export interface DialContext {
  readonly settings: Settings;
  readonly sources: readonly Source[];
  readonly cooldown: Cooldown;
  readonly verify: Verify | undefined;
  readonly onAttempt: () => void;
}

/**
 * One pass over everything that can be dialed now. Nothing is tried twice: the caller decides when to
 * dial again.
 */
export class Dial {
  readonly #context: DialContext;
  readonly #tls: ConnectionOptions | undefined;
  readonly #lifetime: Lifetime;
  readonly #attempts: Attempts;
  readonly #misses: Misses = [];
  readonly #race: Race;
  /** The answers used so far; empty while a cached first endpoint is tried. */
  readonly #answers: Answer[] = [];
  #isStaleReported = false;

  /** @param tls undefined: no TLS */
  constructor(context: DialContext, tls: ConnectionOptions | undefined, lifetime: Lifetime) {
    this.#context = context;
    this.#tls = tls;
    this.#lifetime = lifetime;
    this.#attempts = new Attempts(context.cooldown);
    this.#race = new Race(this.#candidates(), {
      clock: context.settings.clock,
      attemptDelay: context.settings.attemptDelay,
      lifetime,
      attempt: (endpoint, ofAttempt) => this.#attempt(endpoint, ofAttempt),
      onHeadStartOver: () => this.#attempts.headStartIsOver(),
    });
  }

  /** @throws {SrvDialError} */
  async run(): Promise<Connection> {
    let winner: Connection | undefined;
    try {
      winner = await this.#race.run(this.#known());
    } catch (error) {
      const isUnavailable = hasCode(error, "ERR_SRV_UNAVAILABLE");
      throw this.interrupted() ?? (isUnavailable ? this.#unavailable(error) : error);
    }
    if (winner === undefined) throw this.#failed();
    this.#attempts.passBy(winner);
    return this.#isFallback(winner) ? { ...winner, isFallback: true } : winner;
  }

  #isFallback(winner: Connection): boolean {
    const key = targetKey(winner);
    const naming = this.#answers.find(({ targets }) =>
      targets.some((target) => targetKey(target) === key),
    );
    return naming !== undefined && naming.source !== this.#answers[0]?.source;
  }

  /** The first endpoint, if it is cached. Most dials need no other, and so wait for no lookup. */
  #known(): Endpoint | undefined {
    const { sources } = this.#context;
    const [source] = sources;
    if (source === undefined) return undefined;
    const fresh = source.known();
    // An expired answer only with a single source: another source may have a valid one.
    const found = fresh ?? (sources.length === 1 ? source.knownStale() : undefined);
    const targets = found?.filter(({ host }) => !isRoot(host)) ?? [];
    const [target] = this.#inOrder(targets);
    if (target === undefined) return undefined;
    const [address] = interleave(source.knownAddressesOf(target));
    if (address === undefined) return undefined;
    if (fresh === undefined) this.#servesStale(source, targets);
    return { host: target.host, address, port: target.port };
  }

  /** Reports the use of a stale answer, once per dial. */
  #servesStale(source: Source, targets: readonly SrvTarget[]): void {
    if (!this.#isStaleReported) source.servesStale(targets);
    this.#isStaleReported = true;
  }

  #inOrder(targets: readonly SrvTarget[]): readonly SrvTarget[] {
    const { settings, cooldown } = this.#context;
    return cooldown.failedLast(orderTargets(targets, settings.random));
  }

  /** Every target that can be dialed, resolved only when needed. */
  async *#candidates(): AsyncGenerator<Candidate, void, undefined> {
    const search = { lifetime: this.#lifetime, misses: this.#misses };
    for await (const answer of answersOf(this.#context.sources, search)) {
      if (answer.origin === "stale") this.#servesStale(answer.source, answer.targets);
      this.#answers.push(answer);
      for (const candidate of this.#candidatesOf(answer)) yield candidate;
      if (!(await this.#race.needsMore())) return;
      if (answer.origin === "fresh") continue;
      // All targets of a cached answer failed, so it may be outdated: dial new targets of a refreshed answer too.
      const maxAge = this.#context.settings.cache.minRefresh;
      const newer = await answerOf(answer.source, { ...search, maxAge });
      // The same answer again: it is too young to be refreshed, or stale.
      if (newer === undefined || newer.targets[0] === answer.targets[0]) continue;
      this.#answers.push(newer);
      for (const candidate of this.#candidatesOf(newer, true)) yield candidate;
      if (!(await this.#race.needsMore())) return;
    }
  }

  *#candidatesOf({ source, targets }: Answer, isSuspect = false): Generator<Candidate> {
    for (const target of this.#inOrder(targets)) {
      yield this.#endpointsOf(source, target, isSuspect);
    }
  }

  /** The untried endpoints of a target, as its addresses are found. */
  async *#endpointsOf(source: Source, target: SrvTarget, isSuspect: boolean) {
    const { known, lookups } = source.addressesOf(target, this.#lifetime, isSuspect);
    const lookup = known.length === 0 ? this.#attempts.beginLookup(target) : undefined;
    let error: unknown;
    try {
      yield this.#untried(target, known);
      for await (const addresses of asTheyCome(lookups, this.#context.settings.clock)) {
        if (lookup !== undefined) lookup.isFound = true;
        yield this.#untried(target, addresses);
      }
    } catch (reason) {
      error = reason;
    }
    // Not a failure if at least one IP version has addresses.
    if (lookup === undefined || lookup.isFound === true) return;
    if (this.#lifetime.reason !== undefined) return;
    this.#attempts.failed(lookup, error ?? this.#noAddress());
  }

  #noAddress(): Error {
    const { family } = this.#context.settings;
    return new Error(family === "both" ? "it has no address" : `it has no IPv${family} address`);
  }

  #untried({ host, port }: SrvTarget, addresses: readonly string[]): readonly Endpoint[] {
    return interleave(addresses)
      .filter((address) => !this.#attempts.isTried(address, port))
      .map((address) => ({ host, address, port }));
  }

  async #attempt(endpoint: Endpoint, lifetime: Lifetime): Promise<Connection> {
    const { settings, verify, onAttempt } = this.#context;
    const { name } = settings;
    const begun = this.#attempts.begin(endpoint);
    onAttempt();
    // Stryker disable next-line ConditionalExpression: saves an object that no one reads
    if (channels.attempt.hasSubscribers) channels.attempt.publish({ name, ...endpoint });
    try {
      const { connect, socket, servername } = settings;
      const options = { connect, socket, tls: this.#tls, servername, verify };
      const connection = await attempt(endpoint, options, lifetime, begun);
      if (connection.isReady) this.#attempts.succeeded(begun);
      // This connection may still be used, but the next dial tries other targets first.
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
    const { name } = this.#context.settings;
    const { code, message, cause } = interruption;
    const attempts = this.#attempts.tally();
    if (code === "ERR_SRV_TIMEOUT") this.#attempts.timedOut();
    const tried = attempts.length === 0 ? "while resolving" : describeAttempts(attempts);
    return new SrvDialError(code, `Dial of ${name} ${message}: ${tried}`, {
      hostname: name,
      attempts,
      cause,
    });
  }

  #unavailable(error: SrvDialError): SrvDialError {
    const attempts = this.#attempts.tally();
    if (attempts.length === 0) return error;
    const message = `${error.message}; tried before: ${describeAttempts(attempts)}`;
    return new SrvDialError(error.code, message, { hostname: error.hostname, attempts });
  }

  #failed(): SrvDialError {
    const { name } = this.#context.settings;
    const none = noAnswer(name, this.#misses);
    const attempts = this.#attempts.tally();
    const [first] = attempts;
    if (first === undefined) return none;
    return new SrvDialError(
      "ERR_SRV_CONNECT",
      `Cannot connect to ${name}: ${describeAttempts(attempts)}`,
      { hostname: name, attempts, cause: this.#misses.length > 0 ? none : first.error },
    );
  }
}
