// The public types of the test server. They do not use the types of dns2, which may not be installed.

/**
 * An SRV record for `setSrv`. The field names are those of `SrvTarget`; `target`, as in RFC 2782, can
 * be used in place of `host`.
 */
export type SrvRecord = (
  | {
      /** Name of the target; `"."` means that the service is not available. Or give `target`. */
      host: string;
    }
  | {
      /** The same, in place of `host`. */
      target: string;
    }
) & {
  /** TCP port, 0 to 65535. */
  port: number;
  /** 0 to 65535; lower values are tried first. @default 0 */
  priority?: number;
  /** 0 to 65535: the share among targets of the same priority. @default 0 */
  weight?: number;
  /** Seconds. @default 10 */
  ttl?: number;
  /**
   * IP addresses of the target, sent in the additional section of the SRV answer. To also answer A and
   * AAAA queries for the target, use `setAddress`.
   * @default []
   */
  addresses?: readonly string[];
};

/** A query that the server received. */
export interface DnsQuery {
  /** The name of the query, in lower case and without a trailing dot. */
  name: string;
  /** `"SRV"`, `"A"`, `"AAAA"`, ..., or `"TYPE<number>"`. */
  type: string;
  /** The transport of the query. */
  transport: "udp" | "tcp";
  /** Whether the query had an EDNS record (RFC 6891). */
  edns: boolean;
  /** Milliseconds since the epoch. */
  time: number;
}

/**
 * What the server does wrong deliberately.
 *
 * - `servfail`, `refused`, `formerr`, `notimp`, `nxdomain`: this response code, without records
 * - `nodata`: NOERROR without records
 * - `drop`: no reply
 * - `reset`: over TCP the connection is reset, over UDP no reply
 * - `delay`: the correct answer, `delay` milliseconds late
 * - `truncate`: over UDP the TC bit and no records, over TCP the correct answer
 * - `wrongId`, `wrongQuestion`: a reply that belongs to another query
 * - `garbage`: the right id, followed by bytes that are not a DNS message
 */
export type FaultKind =
  | "servfail"
  | "refused"
  | "formerr"
  | "notimp"
  | "nxdomain"
  | "nodata"
  | "drop"
  | "reset"
  | "delay"
  | "truncate"
  | "wrongId"
  | "wrongQuestion"
  | "garbage";

/** Which queries a fault applies to: those that match all given options; by default all queries. */
export interface FaultOptions {
  /** Only queries for this name. @default any */
  name?: string;
  /** Only queries of this type, such as `"SRV"`. @default any */
  type?: string;
  /** Only queries over this transport. @default both */
  transport?: "udp" | "tcp";
  /** Only queries with (`true`) or without (`false`) an EDNS record. @default both */
  edns?: boolean;
  /** How many queries it applies to before it ends. @default Infinity */
  times?: number;
  /** Delay in ms before the fault is applied. Must be above 0 for the fault `delay`. @default 0 */
  delay?: number;
}

/** What your own fault handler gets. */
export interface FaultContext {
  /** The query that the fault applies to. */
  readonly query: DnsQuery;
  /** The reply that the server would have sent, as bytes; the first two are the id. */
  readonly answer: Buffer;
  /** Sends these bytes unchanged (over TCP after their length). May be called more than once. */
  readonly send: (message: Buffer) => void;
}

/** Your own fault: it replies with `send`. Without a call of `send`, there is no reply. */
export type FaultHandler = (context: FaultContext) => void | Promise<void>;
