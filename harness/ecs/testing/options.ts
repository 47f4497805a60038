import { randomBytes } from "node:crypto";
import { LONGEST_LOAD } from "./slow-load.ts";
import { invalid } from "../base/errors.ts";

/** Options of `movingRedis`. */
export interface MovingRedisOptions {
  /**
   * The password of the default user. Other users of the machine reach Redis too: empty, it asks them for none either.
   * @default a random one
   */
  readonly password?: string | undefined;
  /** Accept only TLS, with a certificate for `name`, `localhost` and 127.0.0.1. @default false */
  readonly tls?: boolean | undefined;
  /** TTL of the DNS records and of negative answers, in seconds. @default 1 */
  readonly ttl?: number | undefined;
  /** Port of the fixed forward on 127.0.0.1. @default 0: any free port */
  readonly port?: number | undefined;
  /**
   * Whether Redis has the same port at every address, so that the A record of `name` is enough. As with a failover of
   * ElastiCache, tasks with network interfaces of their own, or Kubernetes. Linux only. @default false
   */
  readonly samePort?: boolean | undefined;
}

/** The same with defaults. */
export interface Settings {
  readonly password: string;
  readonly tls: boolean;
  readonly ttl: number;
  readonly port: number;
  readonly samePort: boolean;
}

const NAMES = ["password", "tls", "ttl", "port", "samePort"];
/** Seconds. A day. */
const LONGEST_TTL = 86_400;
/** Milliseconds. */
const LONGEST_OUTAGE = 600_000;

/** @throws HarnessError ERR_INVALID_ARG with the option, what it got and what is allowed */
export function checkOptions(options: unknown): Settings {
  if (typeof options !== "object" || options === null) {
    throw invalid(`options of movingRedis: expected an object, got ${String(options)}`);
  }
  for (const name of Object.keys(options)) {
    if (!NAMES.includes(name)) {
      throw invalid(`options of movingRedis: unknown option ${name}; allowed: ${NAMES.join(", ")}`);
    }
  }
  const {
    password = randomBytes(16).toString("hex"),
    tls = false,
    ttl = 1,
    port = 0,
    samePort = false,
  } = options as MovingRedisOptions;
  checkPassword(password);
  checkBoolean("tls", tls);
  checkBoolean("samePort", samePort);
  checkInteger("ttl", ttl, 0, LONGEST_TTL, "seconds");
  checkInteger("port", port, 0, 65_535);
  return { password, tls, ttl, port, samePort };
}

/** @throws HarnessError ERR_INVALID_ARG */
export function checkLoadTime(ms: unknown): void {
  checkInteger("ms", ms, 1, LONGEST_LOAD, "milliseconds");
}

/** @throws HarnessError ERR_INVALID_ARG */
export function checkOutage(ms: unknown): void {
  checkInteger("ms", ms, 1, LONGEST_OUTAGE, "milliseconds");
}

function checkPassword(password: unknown): void {
  if (typeof password === "string" && /^[^\0\r\n]*$/.test(password)) return;
  throw invalid("password: expected one line of text");
}

function checkBoolean(name: string, value: unknown): void {
  if (typeof value !== "boolean") {
    throw invalid(`${name}: expected true or false, got ${String(value)}`);
  }
}

function checkInteger(name: string, value: unknown, from: number, to: number, unit = ""): void {
  if (Number.isInteger(value) && Number(value) >= from && Number(value) <= to) return;
  const allowed = `a whole number${unit && ` of ${unit}`} from ${from} to ${to}`;
  throw invalid(`${name}: expected ${allowed}, got ${String(value)}`);
}
