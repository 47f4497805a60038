import type { Socket } from "node:net";
import type { ConnectionOptions } from "node:tls";
import type { Clock } from "./time.ts";
import type { CacheOptions, Family, SrvResolver, SrvVerify } from "./types.ts";

/** The validated options of a dialer, with all defaults filled in, and what tests replace. Times in ms. */
export interface Settings {
  readonly name: string;
  readonly resolvers: readonly SrvResolver[];
  readonly timeout: number;
  readonly wait: boolean;
  /** Undefined: any server that accepts the connection is used. */
  readonly verify: SrvVerify | undefined;
  /** Undefined: never. */
  readonly recheck: number | undefined;
  readonly attemptDelay: number;
  readonly family: Family;
  /** All 0 without a cache. */
  readonly cache: Readonly<Required<CacheOptions>>;
  /** Whether an answer in use is refreshed before it expires. */
  readonly prefetch: boolean;
  /** Undefined: no TLS. */
  readonly tls: ConnectionOptions | undefined;
  /** Name for SNI and the certificate check, unless the TLS options have one. */
  readonly servername: string;
  /** Starts a TCP connection, like `net.connect`. */
  readonly connect: (to: { host: string; port: number }) => Socket;
  readonly clock: Clock;
  /** Gives numbers in [0, 1). */
  readonly random: () => number;
}
