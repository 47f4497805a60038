import type { Socket } from "node:net";
import type { ConnectionOptions, TLSSocket } from "node:tls";

/** One SRV record (RFC 2782). */
export interface SrvTarget {
  /** Host name (or IP address) of the target, without trailing dot; `.` alone means not available. */
  readonly host: string;
  /** TCP port, 0 to 65535. */
  readonly port: number;
  /** 0 to 65535; lower values are dialed first. */
  readonly priority: number;
  /** 0 to 65535: the share of connections among targets of the same priority. */
  readonly weight: number;
  /** Seconds, as received. */
  readonly ttl: number;
  /** IP addresses that came with the answer. @default none; they are looked up */
  readonly addresses?: readonly string[];
}

/** A resolver's answer. An empty list of targets means that the name has no records. */
export interface SrvAnswer {
  /** In any order; empty when there are no records. */
  readonly targets: readonly SrvTarget[];
  /** How long the answer is valid, in seconds; for an empty answer, the negative TTL (RFC 2308). */
  readonly ttl: number;
  /** Why there are no targets, for the message of ERR_SRV_NO_RECORDS. @default none */
  readonly reason?: string;
  /**
   * True: the `addresses` of the targets may be missing one IP version, as in the additional section of a DNS answer.
   * They are dialed immediately, and the other version is looked up meanwhile. @default false
   */
  readonly partialAddresses?: boolean;
}

/** What a dialer passes to a resolver. */
export interface ResolveContext {
  /** Aborted when nobody waits for the answer any more. */
  readonly signal: AbortSignal;
  /** True: this work alone must not keep the process alive. @default false */
  readonly unref?: boolean;
}

/** Finds the SRV records of a name, and the addresses of hosts. You can write your own. */
export interface SrvResolver {
  /** Finds the records. @throws {Error} when no server answers; its message becomes part of ERR_SRV_RESOLVE */
  resolve(name: string, context: ResolveContext): Promise<SrvAnswer>;
  /**
   * Finds the addresses of a target that came without any: one call for each IP version, in parallel.
   * @default asks the system's DNS servers
   * @throws {Error} when no server answers; it becomes the error of the attempt
   */
  lookup?(host: string, context: LookupContext): Promise<HostAddresses>;
  /**
   * Called once by each dialer, after its first connection: a resolver that is not needed until the service moves can
   * load what it needs, and report what is missing. Errors are ignored.
   */
  prepare?(name: string): unknown;
}

/** IP version to dial: one of them, or both. */
export type Family = 4 | 6 | "both";

/** What a dialer passes to a resolver's `lookup`. */
export interface LookupContext extends ResolveContext {
  /** The IP version of the addresses to find. */
  readonly family: 4 | 6;
}

/** The addresses of a host. */
export interface HostAddresses {
  /** IP addresses; empty when the host has none of the IP version. */
  readonly addresses: readonly string[];
  /** How long the addresses are valid, in seconds. */
  readonly ttl: number;
}

/** Limits of a dialer's cache. Within these limits, answers are cached for their TTL. */
export interface CacheOptions {
  /** Minimum time an answer is cached, in ms: some servers count a TTL down to 0. @default 1000 */
  minTtl?: number;
  /** Maximum time an answer is cached, in ms. @default 60000 */
  maxTtl?: number;
  /** Maximum time "no records" is cached, in ms, even if the SOA record says more. @default 100 */
  negativeTtl?: number;
  /** How long after its TTL an answer may be used while no server answers (RFC 8767), in ms. @default 300000 */
  maxStale?: number;
}

/**
 * Checks a new connection before it is used: that the right server answers.
 * @param socket after TCP connect and TLS handshake
 * @param context.signal aborted when the attempt is given up before the check ends; never by its success
 * @returns false (in a promise): the server cannot serve yet; it is used only if no other target is ready
 * @throws {Error} if it is the wrong server; the attempt then fails with this error
 */
export type SrvVerify = (
  socket: Socket | TLSSocket,
  context: { readonly signal: AbortSignal },
) => Promise<boolean | void>;

/** Options of a dialer. */
export interface SrvDialerOptions {
  /**
   * One resolver, or several in order of preference. A later one is asked when those before it have no records, fail,
   * are silent for a second, or all their targets failed; the earlier ones go on being asked. @default dnsResolver()
   */
  resolver?: SrvResolver | readonly SrvResolver[];
  /** Deadline of a dial in ms, for resolve, connect, TLS and `verify` together. @default 10000 */
  timeout?: number;
  /**
   * Whether a dial waits until its deadline for records, for a target, and for a server that answers. Otherwise it
   * makes one pass over the targets. @default false; true for ioredis, HTTP and sockets
   */
  wait?: boolean;
  /** Checks each new connection before it is used. @default none */
  verify?: SrvVerify;
  /**
   * How long in ms an open connection may receive nothing before the records are checked; at least 10. If they no
   * longer name its endpoint, and the service answers at a new endpoint but not at the old one, the connection ends
   * with ERR_SRV_MOVED. This is for lost hosts, which do not close their connections. @default false; 5000 for ioredis
   */
  recheck?: number | false;
  /** Head start in ms of an attempt before the next one starts in parallel (RFC 8305); at least 10. @default 250 */
  attemptDelay?: number;
  /** IP versions to dial. @default "both" */
  family?: Family;
  /** Limits of the cache; `false` turns caching off. @default {} */
  cache?: CacheOptions | false;
  /**
   * TLS after connecting: true, or Node's `tls.connect` options. The name for SNI and the certificate is the SRV name
   * without its `_service._proto` labels, unless they have a `servername`. An IP address is never sent as SNI.
   * @default false
   */
  tls?: boolean | ConnectionOptions;
}

/** Options of one call of `connect`. */
export interface ConnectOptions {
  /** Aborts the dial. @default none */
  signal?: AbortSignal;
  /** Deadline in ms. One resolution takes at most the dialer's own `timeout`. @default the dialer's own */
  timeout?: number;
  /** See the dialer's option. @default the dialer's own */
  wait?: boolean;
}

/** Looks up one SRV name and connects to its targets. Created by `createSrvDialer`. */
export interface SrvDialer extends Disposable {
  /** The SRV name, as given. */
  readonly name: string;
  /**
   * Gives the targets in the order to dial them (RFC 2782).
   * @param options.signal aborts the call
   * @param options.refresh true: asks even if an answer is cached; if no server answers, gives the cached one
   * @throws {SrvDialError} any code except ERR_SRV_CONNECT
   */
  resolve(options?: { signal?: AbortSignal; refresh?: boolean }): Promise<SrvTarget[]>;
  /**
   * Gives a socket that is connected to the first target that can be reached; with `tls`, after the handshake. Each
   * target is tried once; with `wait`, until one can be reached or the deadline passes.
   * @throws {SrvDialError} any code
   */
  connect(options?: ConnectOptions): Promise<Socket | TLSSocket>;
  /**
   * Calls the listener with the current targets, and again whenever the set changes; with `[]` when the records are
   * gone. While no server answers, the last known set stays. An error in the listener is an uncaught exception, and
   * watching continues.
   * @returns a function that stops watching
   * @throws {SrvDialError} ERR_SRV_INVALID_ARG when the listener is not a function; ERR_SRV_CLOSED
   */
  watch(listener: (targets: SrvTarget[]) => void): () => void;
  /** Ends pending calls with ERR_SRV_CLOSED. Connections that callers already have stay open. @throws none */
  close(): void;
}
