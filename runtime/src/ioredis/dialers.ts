import { invalidArg, isRecord } from "../base/checks.ts";
import { canonicalName } from "../base/name.ts";
import type { Family, SrvDialerOptions, SrvVerify } from "../base/types.ts";
import { Dialer } from "../dialer/dialer.ts";
import { RECHECK } from "../dialer/recheck.ts";
import { type Settings, ofUser, parseOptions } from "../dialer/options.ts";
import { Shared } from "../base/shared.ts";
import { verifyRedis } from "../redis/verify.ts";

/** ioredis sets them on the connection. */
const OF_IOREDIS = ["noDelay", "keepAlive", "keepAliveInitialDelay"] as const;

/** Options of `srvConnector`, and the third argument of `createRedis`. `wait` is true by default. */
export interface SrvConnectorOptions extends Omit<
  SrvDialerOptions,
  "verify" | (typeof OF_IOREDIS)[number]
> {
  /**
   * Whether to send PING before a socket is used: the attempt fails if another service now uses the port, or if Redis
   * refuses the client. Or a check of your own.
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

/** The shared dialers of one connector class: one per name and IP version. @internal */
export class Dialers {
  readonly options: Omit<SrvConnectorOptions, "verify">;
  readonly #verify: Settings["verify"];
  readonly #known = new Shared<Dialer>();

  constructor(given: SrvConnectorOptions) {
    if (!isRecord(given)) throw invalidArg("options", given, "an object");
    const misplaced = OF_IOREDIS.find((option) => given[option] !== undefined);
    if (misplaced !== undefined) {
      throw invalidArg(misplaced, given[misplaced], "none here: give it in the options of ioredis");
    }
    const { verify, wait = true, recheck = RECHECK, ...others }: SrvConnectorOptions = given;
    this.#verify = verifyOf(verify);
    this.options = { ...others, wait, recheck };
    parseOptions("name", this.options);
  }

  of(host: string, familyOfClient: Family | null | undefined): Dialer {
    const family: Family = this.options.family ?? familyOfClient ?? "both";
    return this.#known.of(`${canonicalName(host)} ${family}`, () => {
      const settings = parseOptions(host, { ...this.options, family });
      return new Dialer({ ...settings, verify: this.#verify });
    });
  }

  close(): void {
    for (const dialer of this.#known.clear()) dialer.close();
  }
}

function verifyOf(verify: SrvConnectorOptions["verify"] = true): Settings["verify"] {
  if (typeof verify === "function") return ofUser(verify);
  if (typeof verify === "boolean") return verify ? verifyRedis : undefined;
  throw invalidArg("verify", verify, "a boolean, or a function that checks a socket");
}
