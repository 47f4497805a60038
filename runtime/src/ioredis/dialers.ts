import { invalidArg, isRecord, refuseUnknown } from "../base/checks.ts";
import type { Family, SrvDialerOptions } from "../base/types.ts";
import type { Verify } from "../dial/attempt.ts";
import { Dialer } from "../dial/dialer.ts";
import { recheckOf } from "../dial/moved.ts";
import { DIALER_OPTIONS, parseOptions } from "../dial/options.ts";
import { Shared } from "../dial/shared-dialers.ts";
import { verifyRedis } from "../redis/verify.ts";

/**
 * Options of `srvConnector`, and the third argument of `createRedis`. Set `noDelay` and `keepAlive` in the
 * options of ioredis, which sets them on the connection.
 */
export interface SrvConnectorOptions extends SrvDialerOptions {
  /**
   * Whether to send PING before a socket is used. The attempt then fails if another service now uses the
   * port, or if Redis refuses the client.
   * @default true
   */
  verify?: boolean;
  /**
   * Deadline of a dial in ms, `verify` included. The smaller of this and the client's `connectTimeout` applies.
   * @default the client's `connectTimeout` (10000 by default); 10000 if that is 0
   */
  timeout?: number;
  /**
   * How long in ms an open connection may receive nothing before the records are checked. If its endpoint
   * is no longer in the records, and the service answers at a new endpoint but not at the old one, the
   * connection ends with ERR_SRV_MOVED, and the client connects again. This is for lost hosts, which do
   * not close their connections. At least 10; false turns this off.
   * @default 5000
   */
  recheck?: number | false;
  /** IP versions to dial. @default the client's `family` */
  family?: Family;
}

const OPTIONS = [...DIALER_OPTIONS, "verify", "recheck"] satisfies (keyof SrvConnectorOptions)[];

/**
 * The shared dialers of one connector class: one per name and IP version.
 *
 * @internal
 */
export class Dialers {
  readonly options: SrvDialerOptions;
  /** ms; undefined: never. */
  readonly recheck: number | undefined;
  readonly #verify: Verify | undefined;
  readonly #known = new Shared<Dialer>();

  /** @throws {SrvDialError} for invalid options, before the first client is created */
  constructor(given: SrvConnectorOptions) {
    if (!isRecord(given)) throw invalidArg("options", given, "an object");
    refuseUnknown("", given, OPTIONS);
    const { verify = true, recheck, ...options }: SrvConnectorOptions = given;
    if (typeof verify !== "boolean") throw invalidArg("verify", verify, "a boolean");
    this.recheck = recheckOf(recheck);
    parseOptions("name", options);
    this.options = options;
    this.#verify = verify ? verifyRedis : undefined;
  }

  /** @throws {SrvDialError} ERR_SRV_INVALID_ARG if the client's family is invalid */
  of(host: string, familyOfClient: Family | null | undefined): Dialer {
    const family: Family = this.options.family ?? familyOfClient ?? "both";
    return this.#known.of(`${host.toLowerCase()} ${family}`, () => {
      return new Dialer(parseOptions(host, { ...this.options, family }), this.#verify);
    });
  }

  /** Ends pending dials with ERR_SRV_CLOSED, and clears the caches. */
  close(): void {
    for (const dialer of this.#known.clear()) dialer.close();
  }
}
