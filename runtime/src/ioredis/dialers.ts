import { invalidArg, isRecord, refuseUnknown } from "../base/checks.ts";
import type { Family, SrvDialerOptions } from "../base/types.ts";
import type { Verify } from "../dial/attempt.ts";
import { Dialer } from "../dial/dialer.ts";
import { recheckOf } from "../dial/moved.ts";
import { DIALER_OPTIONS, parseOptions } from "../dial/options.ts";
import { verifyRedis } from "../redis/verify.ts";

/**
 * Options of `srvConnector`, and of `createRedis` as its third argument. `noDelay` and `keepAlive` are the
 * client's: ioredis sets them on the connection.
 */
export interface SrvConnectorOptions extends SrvDialerOptions {
  /**
   * Whether a socket is sent PING before it is handed over, so that a port which another service
   * has taken over counts as a failed attempt, and so does a Redis that turns the client away.
   * @default true
   */
  verify?: boolean;
  /**
   * Deadline of a dial in ms, `verify` included. The smaller of this and the client's `connectTimeout` applies.
   * @default the client's `connectTimeout`, 10000 unless it is set; 10000 when that is 0
   */
  timeout?: number;
  /**
   * How long in ms nothing may come over an open connection until the records are looked at. When they
   * lead elsewhere, and the service answers there and no longer here, it ends with ERR_SRV_MOVED, and the
   * client connects again: a lost host closes no connection. At least 10; false: never.
   * @default 5000
   */
  recheck?: number | false;
  /** IP versions to dial. @default the client's `family` */
  family?: Family;
}

const OPTIONS = [...DIALER_OPTIONS, "verify", "recheck"] satisfies (keyof SrvConnectorOptions)[];

/**
 * The dialers that the clients of one class share: one for each name and family. A dialer is kept by
 * its clients alone, so that names which no one uses any more cost nothing.
 *
 * @internal
 */
export class Dialers {
  readonly options: SrvDialerOptions;
  /** ms; undefined: never. */
  readonly recheck: number | undefined;
  readonly #verify: Verify | undefined;
  readonly #known = new Map<string, WeakRef<Dialer>>();
  readonly #collected = new FinalizationRegistry<string>((key) => {
    // Another client may have come for the name in the meantime.
    if (this.#known.get(key)?.deref() === undefined) this.#known.delete(key);
  });

  /** @throws {SrvDialError} here, not when the first client is made */
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

  /** @throws {SrvDialError} ERR_SRV_INVALID_ARG when the client's family is none */
  of(host: string, familyOfClient: Family | null | undefined): Dialer {
    const family: Family = this.options.family ?? familyOfClient ?? "both";
    const key = `${host.toLowerCase()} ${family}`;
    const known = this.#known.get(key)?.deref();
    if (known !== undefined) return known;
    const dialer = new Dialer(parseOptions(host, { ...this.options, family }), this.#verify);
    this.#known.set(key, new WeakRef(dialer));
    this.#collected.register(dialer, key);
    return dialer;
  }

  /** Ends what is pending with ERR_SRV_CLOSED, and forgets every answer. */
  close(): void {
    const dialers = [...this.#known.values()];
    this.#known.clear();
    for (const dialer of dialers) dialer.deref()?.close();
  }
}
