import type { Clock, Lifetime } from "../base/time.ts";
import { type Ask, type Asking, type Channels, ErrorReply, ServerError } from "./exchange.ts";
import type { Question, Reply } from "./message.ts";
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
 * Asks the servers in turn; silent ones up to `tries` times. A late reply still counts while other servers are asked. A
 * server that cannot answer (SERVFAIL, REFUSED, a closed port) is not asked again.
 * @returns a reply with NOERROR or NXDOMAIN
 * @throws {AggregateError} with one error per server when none answers
 */
export function query(question: Question, options: QueryOptions): Promise<ServerReply> {
  return options.lifetime.wait((resolve, reject) => search(question, options, resolve, reject));
}

/** @returns stops it */
function search(
  question: Question,
  { servers, timeout, tries, channels, clock, ask, unref }: QueryOptions,
  resolve: (reply: ServerReply) => void,
  reject: (error: Error) => void,
): () => void {
  const all = servers.inOrder();
  /** The servers still to be asked, in order. */
  let turns = Array.from({ length: tries }, () => all).flat();
  /** The server whose turn it is, until it replies. */
  let current: DnsServer | undefined;
  let sentAt = 0;
  let clearTimer: (() => void) | undefined;
  const exchanges = new Map<DnsServer, Asking>();
  const failures = new Map<DnsServer, Error>();

  function next(): void {
    clearTimer?.();
    const server = turns.shift();
    current = server;
    if (server === undefined) return giveUp();
    sentAt = clock.now();
    const settle = (outcome: Reply | Error): void => onOutcome(server, outcome);
    const exchange = exchanges.get(server) ?? ask(question, server, { channels, unref, settle });
    exchanges.set(server, exchange);
    const skip = (): void => {
      servers.gaveNoReply(server);
      next();
    };
    clearTimer = clock.setTimeout(skip, timeout, { ref: !unref });
    exchange.send();
  }

  function onOutcome(server: DnsServer, outcome: Reply | Error): void {
    const isFailure = outcome instanceof Error;
    if (isFailure && !(outcome instanceof ErrorReply)) servers.gaveNoReply(server);
    else servers.replied(server);
    const isCurrent = server === current;
    if (isCurrent) current = undefined;
    if (!isFailure) return resolve({ ...outcome, from: server });
    failures.set(server, outcome);
    turns = turns.filter((each) => each !== server);
    if (isCurrent) next();
  }

  function giveUp(): void {
    const errors = all.map((server) => {
      // A firewall may block only TCP.
      const isOverTcp = exchanges.get(server)?.isOverTcp === true;
      const what = isOverTcp ? "a truncated answer over UDP, and none over TCP" : "no answer";
      const silence = `${formatServer(server)}: ${what} within ${timeout} ms`;
      return failures.get(server) ?? new ServerError(silence);
    });
    const message = errors.map((error) => error.message).join("; ");
    reject(new AggregateError(errors, message || "no DNS servers are configured"));
  }

  next();
  return () => {
    clearTimer?.();
    if (current !== undefined && clock.now() - sentAt >= timeout * SILENT_AFTER) {
      servers.gaveNoReply(current);
    }
    current = undefined;
    for (const exchange of exchanges.values()) exchange.close();
  };
}
