// What a user of the test server sees. Nothing here is of dns2: its types may be absent.

/**
 * An SRV record as `setSrv` takes it. The field names are those of `SrvTarget`; `target`, the name
 * RFC 2782 uses, is accepted in place of `host`.
 */
export type SrvRecord = (
  | {
      /** Name of the target, or `"."`: the service is decidedly not available. Or give `target`. */
      host: string;
    }
  | {
      /** The same, in place of `host`. */
      target: string;
    }
) & {
  /** TCP port, 0 to 65535. */
  port: number;
  /** 0 to 65535; lower is tried first. @default 0 */
  priority?: number;
  /** 0 to 65535: share within one priority. @default 0 */
  weight?: number;
  /** Seconds. @default 10 */
  ttl?: number;
  /**
   * IP addresses of the target, sent in the additional section of the SRV answer. They answer no
   * query of their own: `setAddress` does that.
   * @default []
   */
  addresses?: readonly string[];
};

/** A query that reached the server. */
export interface DnsQuery {
  /** As asked, in lower case and without a trailing dot. */
  name: string;
  /** `"SRV"`, `"A"`, `"AAAA"`, ..., or `"TYPE<number>"`. */
  type: string;
  /** What it came over. */
  transport: "udp" | "tcp";
  /** Whether the query carried an EDNS record (RFC 6891). */
  edns: boolean;
  /** Milliseconds since the epoch. */
  time: number;
}

/**
 * What the server does wrong on purpose.
 *
 * - `servfail`, `refused`, `formerr`, `notimp`, `nxdomain`: that response code, no records
 * - `nodata`: NOERROR without records
 * - `drop`: silence
 * - `reset`: over TCP the connection is reset, over UDP silence
 * - `delay`: the right answer, `delay` milliseconds late
 * - `truncate`: over UDP the TC bit and no records, over TCP the right answer
 * - `wrongId`, `wrongQuestion`: a reply that belongs to another query
 * - `garbage`: the right id, then bytes that are no DNS message
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

/** Which queries a fault meets: all that are given must hold. Without any, every query. */
export interface FaultOptions {
  /** Only queries for this name. @default any */
  name?: string;
  /** Only queries of this type, such as `"SRV"`. @default any */
  type?: string;
  /** Only queries over this. @default both */
  transport?: "udp" | "tcp";
  /** Only queries with (`true`) or without (`false`) an EDNS record. @default both */
  edns?: boolean;
  /** How many queries it meets before it is gone. @default Infinity */
  times?: number;
  /** How long in ms before the fault acts. For the fault `delay` more than 0. @default 0 */
  delay?: number;
}

/** What a handler of your own works with. */
export interface FaultContext {
  /** The query that the fault meets. */
  readonly query: DnsQuery;
  /** The reply the server would have sent, as bytes; the id is its first two. */
  readonly answer: Buffer;
  /** Sends these bytes as they are (over TCP with their length in front). May be called often. */
  readonly send: (message: Buffer) => void;
}

/** A fault of your own: what it sends is the reply. Without a call of `send` the server is silent. */
export type FaultHandler = (context: FaultContext) => void | Promise<void>;
