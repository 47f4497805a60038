// The public types of the test server. They do not use the types of dns2, which may not be installed.
import type { SrvTarget } from "../base/types.ts";

/** A running server. Names are case-insensitive, with or without a trailing dot. A wrong argument is ERR_SRV_INVALID_ARG. */
export interface DnsServer extends AsyncDisposable {
  /** `"127.0.0.1:PORT"`, for `dnsResolver({ servers: [address] })`. */
  readonly address: string;
  /** UDP and TCP port. */
  readonly port: number;
  /** All queries so far, oldest first. Set `length` to 0 to clear them. */
  readonly queries: DnsQuery[];
  /** Replaces the SRV records of a name. With an empty list, the name exists without SRV records (NODATA). */
  setSrv(name: string, records: SrvRecord | readonly SrvRecord[]): void;
  /** Replaces the A and AAAA records of a name. @param options.ttl seconds, 10 by default */
  setAddress(name: string, ips: string | readonly string[], options?: { ttl?: number }): void;
  /** Removes all records of a name (NXDOMAIN). */
  remove(name: string): void;
  /**
   * Sets a fault for the queries that `options` select. If several match a query, the last one is applied.
   * `fault(null)` removes all. If your own handler throws, the error is an unhandled rejection, so that the test fails.
   * @returns a function that ends the fault
   */
  fault(act: FaultKind | FaultHandler | null, options?: FaultOptions): () => void;
  /** Closes both sockets and all connections; may be called more than once. @throws none */
  close(): Promise<void>;
}

/**
 * An SRV record for `setSrv`. By default, priority and weight are 0, and `ttl` is 10 s. `addresses` are in the
 * additional section of the answer; `setAddress` has those for queries.
 */
export type SrvRecord = Pick<SrvTarget, "host" | "port"> & Partial<SrvTarget>;

/** A query that the server received. */
export interface DnsQuery {
  /** In lower case and without a trailing dot. */
  name: string;
  /** `"SRV"`, `"A"`, `"AAAA"`, ..., or `"TYPE<number>"`. */
  type: string;
  transport: "udp" | "tcp";
  /** Whether the query had an EDNS record (RFC 6891). */
  edns: boolean;
  /** Milliseconds since the epoch. */
  time: number;
}

/**
 * What the server does wrong deliberately. `servfail`, `refused`, `nxdomain`: this response code, without records.
 * `nodata`: NOERROR without records. `drop`: no reply. `delay`: the correct answer, `delay` milliseconds late.
 * `truncate`: over UDP the TC bit and no records, over TCP the correct answer.
 */
export type FaultKind =
  | "servfail"
  | "refused"
  | "nxdomain"
  | "nodata"
  | "drop"
  | "delay"
  | "truncate";

/** Which queries a fault applies to: those that match all given options; by default all queries. */
export interface FaultOptions {
  /** Only queries for this name. @default any */
  name?: string;
  /** Only queries of this type, such as `"SRV"`. @default any */
  type?: string;
  /** How many queries it applies to before it ends. @default Infinity */
  times?: number;
  /** Delay in ms before the fault is applied. Must be above 0 for the fault `delay`. @default 0 */
  delay?: number;
}

/**
 * Your own fault. `answer` has the bytes that the server would have sent; the first two are the id. `send` sends bytes
 * unchanged (over TCP after their length), any number of times. Without a call of `send`, there is no reply.
 */
export type FaultHandler = (context: {
  readonly query: DnsQuery;
  readonly answer: Buffer;
  readonly send: (message: Buffer) => void;
}) => void | Promise<void>;
