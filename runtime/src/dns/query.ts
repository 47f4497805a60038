import { toError } from "../base/errors.ts";
import type { Lifetime } from "../base/lifetime.ts";
import { NoAnswerError, exchange } from "./exchange.ts";
import { type Question, Rcode, type Reply, rcodeName } from "./message.ts";
import { type DnsServer, type ServerSource, formatServer } from "./servers.ts";

export interface QueryOptions {
  readonly servers: ServerSource;
  /** Longest wait for one server in one try, in ms. */
  readonly timeout: number;
  /** How often a silent server is asked. */
  readonly tries: number;
  readonly lifetime: Lifetime;
  readonly unref: boolean;
}

/**
 * Asks the servers in turn, and again up to `tries` times those that kept silent. A server that
 * said it cannot answer (SERVFAIL, REFUSED, a closed port) is not asked twice: the pace of retries
 * is the caller's.
 *
 * @returns a reply with NOERROR or NXDOMAIN
 * @throws {AggregateError} with one error a server
 */
export async function query(question: Question, options: QueryOptions): Promise<Reply> {
  const errors = new Map<DnsServer, Error>();
  let askable = options.servers.current();
  if (askable.length === 0) throw new AggregateError([], "no DNS servers are configured");
  for (let round = 0; round < options.tries && askable.length > 0; round++) {
    const silent: DnsServer[] = [];
    for (const server of askable) {
      try {
        return await ask(question, server, options);
      } catch (error) {
        // The caller gave up: that is no fault of the server.
        if (options.lifetime.reason !== undefined) throw options.lifetime.reason;
        errors.set(server, toError(error));
        if (error instanceof NoAnswerError) silent.push(server);
      }
    }
    askable = silent;
  }
  options.servers.failed();
  const all = [...errors.values()];
  throw new AggregateError(all, all.map(({ message }) => message).join("; "));
}

/** What an old server says that does not know EDNS (RFC 6891, section 7). */
const KNOWS_NO_EDNS: readonly number[] = [Rcode.FORMERR, Rcode.NOTIMP, Rcode.BADVERS];

/** One server's answer, whatever EDNS it knows. */
async function ask(question: Question, server: DnsServer, options: QueryOptions): Promise<Reply> {
  let reply = await exchange(question, server, { ...options, edns: true });
  if (KNOWS_NO_EDNS.includes(reply.rcode)) {
    reply = await exchange(question, server, { ...options, edns: false });
  }
  if (reply.rcode === Rcode.NOERROR || reply.rcode === Rcode.NXDOMAIN) return reply;
  throw new Error(`${formatServer(server)}: ${rcodeName(reply.rcode)}`);
}
