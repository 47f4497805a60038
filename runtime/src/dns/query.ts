import type { Clock } from "../base/clock.ts";
import type { Lifetime } from "../base/lifetime.ts";
import type { Channels } from "./channel.ts";
import { ErrorReply, type ExchangeOptions } from "./exchange.ts";
import type { Question, Reply } from "./message.ts";
import { type DnsServer, type DnsServers, formatServer } from "./servers.ts";

/**
 * Part of the timeout that a server must have been silent for, to count as silent when the query
 * ends. Else a caller whose deadline is below the timeout would ask the same dead server each time.
 */
const SILENT_AFTER = 0.25;

/** What becomes of one question to one server, as `Exchange` has it. */
export interface Asking {
  /** Sends the question, or sends it again. */
  send(): void;
  close(): void;
  /** The reply over UDP was cut off: the rest is asked for over TCP. */
  readonly isOverTcp: boolean;
}

export type Ask = (question: Question, server: DnsServer, options: ExchangeOptions) => Asking;

export interface QueryOptions {
  readonly servers: DnsServers;
  /** How long a server has to reply before the next one is asked, in ms. */
  readonly timeout: number;
  /** How often a silent server is asked. */
  readonly tries: number;
  /** Those of the resolution that this query is part of. */
  readonly channels: Channels;
  readonly clock: Clock;
  readonly ask: Ask;
  readonly lifetime: Lifetime;
  readonly unref: boolean;
}

/**
 * Asks the servers in turn, and again up to `tries` times those that keep silent: at most
 * `tries * servers * timeout` in all. A late reply of a server counts while others are asked. One
 * that cannot answer (SERVFAIL, REFUSED, a closed port) is not asked twice: the pace of retries is
 * the caller's.
 *
 * @returns a reply with NOERROR or NXDOMAIN
 * @throws {AggregateError} with one error a server
 */
export function query(question: Question, options: QueryOptions): Promise<ServerReply> {
  const order = options.servers.inOrder();
  if (order.length === 0) {
    return Promise.reject(new AggregateError([], "no DNS servers are configured"));
  }
  return options.lifetime.wait((resolve, reject) => {
    const search = new Search(question, order, options, { resolve, reject });
    search.start();
    return () => search.stop();
  });
}

/** A reply, and the server that gave it. */
export type ServerReply = Reply & { readonly from: DnsServer };

interface Settle {
  readonly resolve: (reply: ServerReply) => void;
  readonly reject: (error: Error) => void;
}

/** One question on its way through the servers. */
class Search {
  readonly #question: Question;
  readonly #order: readonly DnsServer[];
  readonly #options: QueryOptions;
  readonly #settle: Settle;
  readonly #turns: Iterator<DnsServer, undefined>;
  readonly #exchanges = new Map<DnsServer, Asking>();
  readonly #failures = new Map<DnsServer, Error>();
  /** Servers that are asked beside the others, to learn whether they reply again. */
  #due: readonly DnsServer[] = [];
  /** The server whose turn it is, until it replies. */
  #asked: DnsServer | undefined;
  #askedAt = 0;
  #clearTimer: (() => void) | undefined;

  constructor(
    question: Question,
    order: readonly DnsServer[],
    options: QueryOptions,
    settle: Settle,
  ) {
    this.#question = question;
    this.#order = order;
    this.#options = options;
    this.#settle = settle;
    this.#turns = this.#inTurn();
  }

  start(): void {
    this.#next();
    this.#due = this.#options.servers.takeDue().filter((server) => !this.#exchanges.has(server));
    for (const server of this.#due) this.#exchangeWith(server, true).send();
  }

  stop(): void {
    this.#clearTimer?.();
    const { servers, timeout, clock } = this.#options;
    const isSilent = clock.now() - this.#askedAt >= timeout * SILENT_AFTER;
    if (this.#asked !== undefined && isSilent) servers.gaveNoReply(this.#asked);
    this.#asked = undefined;
    for (const [server, exchange] of this.#exchanges) {
      // No one waits for the reply of a server that was due, but it may still come.
      if (this.#due.includes(server)) clock.setTimeout(() => exchange.close(), timeout);
      else exchange.close();
    }
  }

  *#inTurn(): Generator<DnsServer, undefined> {
    for (let round = 0; round < this.#options.tries; round++) {
      for (const server of this.#order) if (!this.#failures.has(server)) yield server;
    }
    return undefined;
  }

  #next(): void {
    this.#clearTimer?.();
    const { servers, timeout, clock, unref } = this.#options;
    const server = this.#turns.next().value;
    this.#asked = server;
    this.#askedAt = clock.now();
    if (server === undefined) return this.#giveUp();
    const exchange = this.#exchanges.get(server) ?? this.#exchangeWith(server, unref);
    const giveUp = (): void => {
      servers.gaveNoReply(server);
      this.#next();
    };
    this.#clearTimer = clock.setTimeout(giveUp, timeout, { ref: !unref });
    exchange.send();
  }

  #exchangeWith(server: DnsServer, unref: boolean): Asking {
    const settle = (outcome: Reply | Error): void => this.#hear(server, outcome);
    const { ask, channels } = this.#options;
    const exchange = ask(this.#question, server, { channels, unref, settle });
    this.#exchanges.set(server, exchange);
    return exchange;
  }

  #hear(server: DnsServer, outcome: Reply | Error): void {
    const isFailure = outcome instanceof Error;
    if (isFailure && !(outcome instanceof ErrorReply)) this.#options.servers.gaveNoReply(server);
    else this.#options.servers.replied(server);
    const wasAsked = server === this.#asked;
    if (wasAsked) this.#asked = undefined;
    if (!isFailure) return this.#settle.resolve({ ...outcome, from: server });
    this.#failures.set(server, outcome);
    if (wasAsked) this.#next();
  }

  #giveUp(): void {
    this.#options.servers.allFailed();
    const errors = this.#order.map((server) => this.#failures.get(server) ?? this.#silence(server));
    this.#settle.reject(
      new AggregateError(errors, errors.map(({ message }) => message).join("; ")),
    );
  }

  /** A firewall that lets UDP pass alone is told from a server that is gone. */
  #silence(server: DnsServer): Error {
    const isOverTcp = this.#exchanges.get(server)?.isOverTcp === true;
    const what = isOverTcp ? "a cut-off answer over UDP, and none over TCP" : "no answer";
    return new Error(`${formatServer(server)}: ${what} within ${this.#options.timeout} ms`);
  }
}
