import type { Socket } from "node:net";
import type { ConnectionOptions, TLSSocket } from "node:tls";

/** One SRV record (RFC 2782). */
export interface SrvTarget {
  /** Host name (or IP address) of the target, without trailing dot; `.` alone: not available. */
  readonly host: string;
  /** TCP port, 0 to 65535. */
  readonly port: number;
  /** 0 to 65535; lower values are dialed first. */
  readonly priority: number;
  /** 0 to 65535: share among targets of the same priority. */
  readonly weight: number;
  /** Seconds, as received. */
  readonly ttl: number;
  /** IP addresses that came with the answer. @default none: they are looked up */
  readonly addresses?: readonly string[];
}

/** What a resolver found. No targets: the name has no records. */
export interface SrvAnswer {
  /** In any order; empty when there are no records. */
  readonly targets: readonly SrvTarget[];
  /** Seconds the answer holds; for an empty answer, the negative TTL (RFC 2308). */
  readonly ttl: number;
  /** Why there are no targets, for the message of ERR_SRV_NO_RECORDS. @default none */
  readonly reason?: string;
  /**
   * True: the `addresses` of the targets may lack a family, as those of a DNS answer's additional
   * section may. They are dialed at once, and the other family is looked up beside them.
   * @default false: they are all there are
   */
  readonly partialAddresses?: boolean;
}

/** What a dialer tells a resolver with a question. */
export interface ResolveContext {
  /** Aborted when no one waits for the answer any more. */
  readonly signal: AbortSignal;
  /** True when this work alone must not keep the process alive. @default false */
  readonly unref?: boolean;
}

/** Finds the SRV records of a name, and the addresses of hosts. A dialer takes one of your own. */
export interface SrvResolver {
  /**
   * Finds the records. A name without records is an answer without targets.
   * @throws {Error} when no server answers: the reason in the message of ERR_SRV_RESOLVE
   */
  resolve(name: string, context: ResolveContext): Promise<SrvAnswer>;
  /**
   * Finds the addresses of a target that came without any. A dialer of both families asks for each
   * of them, side by side.
   * @default the system's DNS servers are asked
   * @throws {Error} when no server answers: the reason of a failed attempt
   */
  lookup?(host: string, context: LookupContext): Promise<HostAddresses>;
}

/** IP version to dial: one of them, or both (`0` is Node's and ioredis's word for both). */
export type Family = 4 | 6 | 0 | "both";

/** What a dialer tells a resolver with the question for a host's addresses. */
export interface LookupContext extends ResolveContext {
  /** Which addresses are wanted. */
  readonly family: Family;
}

/** The addresses of a host. */
export interface HostAddresses {
  /** IP addresses; empty when it has none of the family. */
  readonly addresses: readonly string[];
  /** Seconds the addresses hold. */
  readonly ttl: number;
}

/** Limits of a dialer's cache. What may stay as long as its TTL says is kept so long. */
export interface CacheOptions {
  /** Least time an answer is kept, in ms: some servers count a TTL down to 0. @default 1000 */
  minTtl?: number;
  /** Most time an answer is kept, in ms. @default 60000 */
  maxTtl?: number;
  /** Most time "no records" is cached, in ms, even if the SOA says more. @default 100 */
  negativeTtl?: number;
  /** Least time between two refreshes of an answer that proved wrong, in ms. @default 100 */
  minRefresh?: number;
  /** How long past its TTL an answer may serve while no server answers (RFC 8767), in ms. @default 300000 */
  maxStale?: number;
}

/** Options of a dialer. */
export interface SrvDialerOptions {
  /** One resolver, or several tried in order. @default dnsResolver() */
  resolver?: SrvResolver | readonly SrvResolver[];
  /** Deadline of a dial in ms: resolve, connect and TLS together. @default 10000 */
  timeout?: number;
  /** Head start in ms an attempt has before the next one begins beside it (RFC 8305); at least 10. @default 250 */
  attemptDelay?: number;
  /** IP versions to dial. @default "both", or that of `localAddress` */
  family?: Family;
  /** Limits of the cache; `false`: every dial asks. @default {} */
  cache?: CacheOptions | false;
  /** TLS after connecting: true, or Node's `tls.connect` options. @default false */
  tls?: boolean | ConnectionOptions;
  /** `TCP_NODELAY`, as of `net.connect`. @default false */
  noDelay?: boolean;
  /** `SO_KEEPALIVE`, as of `net.connect`. @default false */
  keepAlive?: boolean;
  /** Idle time in ms before the first keep-alive probe, as of `net.connect`. @default 0: the system's */
  keepAliveInitialDelay?: number;
  /** Address to connect from, as of `net.connect`. It tells the family too. @default the system's choice */
  localAddress?: string;
  /**
   * Name for SNI and certificate check: the SRV name without its `_service._proto` labels, the
   * target's name, or a name of your own. `tls.servername` wins. @default "service"
   */
  servername?: "service" | "target" | (string & {});
  /** How long in ms an endpoint that failed is tried last; 0: never. @default 5000 */
  cooldown?: number;
  /** Source of random numbers in [0, 1), for the choice by weight. @default Math.random */
  random?: () => number;
}

/** What a dialer has done since it was made. */
export interface SrvDialerStats {
  /** How many calls of `connect` gave a connection. */
  readonly connects: number;
  /** How many calls of `connect` failed. */
  readonly failures: number;
  /** How many endpoints were tried. */
  readonly attempts: number;
  /** How many questions were put to a resolver. */
  readonly resolves: number;
  /** How often an expired answer served because no server answered. */
  readonly staleAnswers: number;
  /** How many calls of `connect` are under way. */
  readonly pending: number;
}

/** Looks up one SRV name and connects to its targets. Made by `createSrvDialer`. */
export interface SrvDialer {
  /** The SRV name, as given. */
  readonly name: string;
  /**
   * The targets in RFC 2782 dial order.
   * @param options.signal ends the call when it is aborted
   * @param options.refresh true: asks, whatever is cached
   * @throws {SrvDialError} any code but ERR_SRV_CONNECT
   */
  resolve(options?: { signal?: AbortSignal; refresh?: boolean }): Promise<SrvTarget[]>;
  /**
   * A socket connected to the first target that can be reached; with `tls`, past the handshake. It is
   * one pass over the targets: when to dial again is up to the caller.
   * @param options.signal ends the dial when it is aborted
   * @param options.timeout deadline in ms, in place of the dialer's own
   * @throws {SrvDialError} any code
   */
  connect(options?: { signal?: AbortSignal; timeout?: number }): Promise<Socket | TLSSocket>;
  /**
   * Calls the listener with the current targets, then at every change of the set; with `[]` once
   * the records are gone. While no server answers, the last known set stands. An error of the listener
   * is an uncaught exception, and watching goes on.
   * @returns a function that stops watching
   * @throws {SrvDialError} ERR_SRV_INVALID_ARG when the listener is no function, ERR_SRV_CLOSED
   */
  watch(listener: (targets: SrvTarget[]) => void): () => void;
  /** Counts since it was made. @throws none */
  stats(): SrvDialerStats;
  /** Ends what is pending with ERR_SRV_CLOSED. Connections that were handed over stay open. @throws none */
  close(): void;
}
