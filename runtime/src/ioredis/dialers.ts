import { checkBoolean, invalidArg, isRecord, refuseUnknown } from "../base/checks.ts";
import type { Family, SrvDialerOptions, SrvVerify } from "../base/types.ts";
import { Dialer } from "../dial/dialer.ts";
import { RECHECK } from "../dial/moved.ts";
import { DIALER_OPTIONS, type Settings, parseOptions } from "../dial/options.ts";
import { verifyRedis } from "../redis/verify.ts";

/** Options of ioredis, which sets them on the connection. */
const OF_IOREDIS = ["noDelay", "keepAlive", "keepAliveInitialDelay"] as const;

/** Options of `srvConnector`, and the third argument of `createRedis`. `wait` is true by default. */
export interface SrvConnectorOptions extends Omit<
  SrvDialerOptions,
  "verify" | (typeof OF_IOREDIS)[number]
> {
  /**
   * Whether to send PING before a socket is used. The attempt then fails if another service now uses the
   * port, or if Redis refuses the client. Or a check of your own.
   * @default true
   */
  verify?: boolean | SrvVerify;
  /**
   * Deadline of a dial in ms, `verify` included. The smaller of this and the client's `connectTimeout` applies.
   * @default the client's `connectTimeout` (10000 by default); 10000 if that is 0
   */
  timeout?: number;
  /** IP versions to dial. @default the client's `family` */
  family?: Family;
}

/**
 * The shared dialers of one connector class: one per name and IP version. Only the clients keep a
 * dialer alive, so that unused names cost nothing.
 *
 * @internal
 */
export class Dialers {
  readonly options: Omit<SrvConnectorOptions, "verify">;
  readonly #verify: Settings["verify"] | boolean;
  readonly #known = new Map<string, WeakRef<Dialer>>();
  readonly #collected = new FinalizationRegistry<string>((key) => {
    // There may be a new dialer for the name in the meantime.
    if (this.#known.get(key)?.deref() === undefined) this.#known.delete(key);
  });

  /** @throws {SrvDialError} for invalid options, before the first client is created */
  constructor(given: SrvConnectorOptions) {
    if (!isRecord(given)) throw invalidArg("options", given, "an object");
    const misplaced = OF_IOREDIS.find((option) => option in given);
    if (misplaced !== undefined) {
      throw invalidArg(misplaced, given[misplaced], "none here: give it in the options of ioredis");
    }
    const { verify, ...options }: SrvConnectorOptions = given;
    this.#verify = typeof verify === "function" ? verify : (checkBoolean("verify", verify) ?? true);
    refuseUnknown("", options, DIALER_OPTIONS);
    this.options = { ...options, wait: options.wait ?? true, recheck: options.recheck ?? RECHECK };
    parseOptions("name", this.options);
  }

  /** @throws {SrvDialError} ERR_SRV_INVALID_ARG if the client's family is invalid */
  of(host: string, familyOfClient: Family | null | undefined): Dialer {
    const family: Family = this.options.family ?? familyOfClient ?? "both";
    const key = `${host.toLowerCase()} ${family}`;
    const known = this.#known.get(key)?.deref();
    if (known !== undefined) return known;
    const settings = parseOptions(host, { ...this.options, family });
    const verify = this.#verify === true ? verifyRedis : this.#verify || undefined;
    const dialer = new Dialer({ ...settings, verify });
    this.#known.set(key, new WeakRef(dialer));
    this.#collected.register(dialer, key);
    return dialer;
  }

  /** Ends pending dials with ERR_SRV_CLOSED, and clears the caches. */
  close(): void {
    const dialers = [...this.#known.values()];
    this.#known.clear();
    for (const dialer of dialers) dialer.deref()?.close();
  }
}
