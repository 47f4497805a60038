import type { Clock } from "../base/clock.ts";
import type { Lifetime } from "../base/lifetime.ts";
import { type Ask, type Asking, type Channels, ErrorReply, ServerError } from "./exchange.ts";
import { type Question, type QuestionType, type Reply, findRecords } from "./message.ts";
import { type DnsServer, type DnsServers, formatServer } from "./servers.ts";

/** A server also counts as silent if the caller ends earlier, but after this fraction of the timeout. */
const SILENT_AFTER = 0.25;

export interface QueryOptions {
  readonly servers: DnsServers;
  /** How long a server may take to reply before the next one is asked, in ms. */
  readonly timeout: number;
  /** How many times a silent server is asked. */
  readonly tries: number;
  readonly channels: Channels;
  readonly clock: Clock;
  readonly ask: Ask;
  readonly lifetime: Lifetime;
  readonly unref: boolean;
}

export type ServerReply = Reply & { readonly from: DnsServer };

/**
 * Asks for the records of a name.
 * @returns the records, which may be none, their minimum TTL in seconds, and the reply
 * @throws {AggregateError} with one error per server when none answers
 */
export async function queryRecords<K extends QuestionType>(
  name: string,
  type: K,
  options: QueryOptions,
) {
  const reply = await query({ name, type }, options);
  return { reply, ...findRecords(reply, name, type) };
}

/**
 * Asks the servers in turn; silent ones up to `tries` times. A late reply still counts while other servers are asked. A
 * server that cannot answer (SERVFAIL, REFUSED, a closed port) is not asked again.
 * @returns a reply with NOERROR or NXDOMAIN
 */
export function query(question: Question, options: QueryOptions): Promise<ServerReply> {
  return options.lifetime.wait((resolve, reject) => {
    const search = new Search({ ...options, question, resolve, reject });
    return () => search.stop();
  });
}

interface SearchOptions extends QueryOptions {
  readonly question: Question;
  readonly resolve: (reply: ServerReply) => void;
  readonly reject: (error: Error) => void;
}

class Search {
  readonly #options: SearchOptions;
  readonly #servers: readonly DnsServer[];
  /** The servers still to be asked, in order. */
  #turns: DnsServer[];
  readonly #exchanges = new Map<DnsServer, Asking>();
  readonly #failures = new Map<DnsServer, Error>();
  /** The server whose turn it is, until it replies. */
  #current: DnsServer | undefined;
  #sentAt = 0;
  #clearTimer: (() => void) | undefined;

  constructor(options: SearchOptions) {
    this.#options = options;
    this.#servers = options.servers.inOrder();
    this.#turns = Array.from({ length: options.tries }, () => this.#servers).flat();
    this.#next();
  }

  stop(): void {
    this.#clearTimer?.();
    const { servers, timeout, clock } = this.#options;
    if (this.#current !== undefined && clock.now() - this.#sentAt >= timeout * SILENT_AFTER) {
      servers.gaveNoReply(this.#current);
    }
    this.#current = undefined;
    for (const exchange of this.#exchanges.values()) exchange.close();
  }

  #next(): void {
    this.#clearTimer?.();
    const { servers, timeout, clock, unref } = this.#options;
    const server = this.#turns.shift();
    this.#current = server;
    if (server === undefined) return this.#giveUp();
    this.#sentAt = clock.now();
    const exchange = this.#exchanges.get(server) ?? this.#exchangeWith(server);
    const skip = (): void => {
      servers.gaveNoReply(server);
      this.#next();
    };
    this.#clearTimer = clock.setTimeout(skip, timeout, { ref: !unref });
    exchange.send();
  }

  #exchangeWith(server: DnsServer): Asking {
    const settle = (outcome: Reply | Error): void => this.#onOutcome(server, outcome);
    const { ask, question, channels, unref } = this.#options;
    const exchange = ask(question, server, { channels, unref, settle });
    this.#exchanges.set(server, exchange);
    return exchange;
  }

  #onOutcome(server: DnsServer, outcome: Reply | Error): void {
    const isFailure = outcome instanceof Error;
    if (isFailure && !(outcome instanceof ErrorReply)) this.#options.servers.gaveNoReply(server);
    else this.#options.servers.replied(server);
    const isCurrent = server === this.#current;
    if (isCurrent) this.#current = undefined;
    if (!isFailure) return this.#options.resolve({ ...outcome, from: server });
    this.#failures.set(server, outcome);
    this.#turns = this.#turns.filter((each) => each !== server);
    if (isCurrent) this.#next();
  }

  #giveUp(): void {
    const errors = this.#servers.map((server) => {
      // A firewall may block only TCP.
      const isOverTcp = this.#exchanges.get(server)?.isOverTcp === true;
      const what = isOverTcp ? "a truncated answer over UDP, and none over TCP" : "no answer";
      const silence = `${formatServer(server)}: ${what} within ${this.#options.timeout} ms`;
      return this.#failures.get(server) ?? new ServerError(silence, "ETIMEOUT");
    });
    const message = errors.map((error) => error.message).join("; ");
    this.#options.reject(new AggregateError(errors, message || "no DNS servers are configured"));
  }
}
