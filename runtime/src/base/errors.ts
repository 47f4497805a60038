import { types } from "node:util";
import { printable } from "./name.ts";

/**
 * Why a call failed. The codes are stable: use them in a `switch`.
 *
 * - `ERR_SRV_INVALID_ARG`: a name or option is invalid; nothing was tried
 * - `ERR_SRV_NO_RECORDS`: the name does not exist or has no SRV records (NXDOMAIN or an empty answer)
 * - `ERR_SRV_UNAVAILABLE`: the only target is `.`, which means that the service is not available (RFC 2782)
 * - `ERR_SRV_RESOLVE`: no server or API answered
 * - `ERR_SRV_CONNECT`: every target was tried, and all failed
 * - `ERR_SRV_TIMEOUT`: the deadline passed while something was unfinished
 * - `ERR_SRV_ABORTED`: the caller's signal was aborted
 * - `ERR_SRV_CLOSED`: the dialer was closed
 */
export type SrvDialErrorCode =
  | "ERR_SRV_INVALID_ARG"
  | "ERR_SRV_NO_RECORDS"
  | "ERR_SRV_UNAVAILABLE"
  | "ERR_SRV_RESOLVE"
  | "ERR_SRV_CONNECT"
  | "ERR_SRV_TIMEOUT"
  | "ERR_SRV_ABORTED"
  | "ERR_SRV_CLOSED";

/** How far an attempt got: address lookup, TCP connect, TLS handshake, protocol check. */
export type SrvAttemptPhase = "lookup" | "connect" | "tls" | "verify";

/** One endpoint that was tried without success. */
export interface SrvAttempt {
  /** Target host from the SRV record. */
  readonly host: string;
  /** The address that was dialed; undefined when the host's addresses could not be found. */
  readonly address: string | undefined;
  /** TCP port from the SRV record. */
  readonly port: number;
  /** How far the attempt got. */
  readonly phase: SrvAttemptPhase;
  /** Why it failed the last time, or that it is unfinished. */
  readonly error: Error;
  /** How many times it was tried; a call that waits tries it again. */
  readonly tries: number;
  /** When the last try began, in ms since the call. */
  readonly at: number;
}

/** How many attempts a message names; `attempts` has more of them. */
const MOST_NAMED = 10;

/**
 * The error class of this package. The message is one line that is safe to print or log: names and server replies are
 * escaped in it.
 *
 * @throws none
 * @example
 * import { createSrvDialer, SrvDialError } from "srv-dialer";
 *
 * try {
 *   await createSrvDialer("gone.dev-ecs").connect();
 * } catch (error) {
 *   if (error instanceof SrvDialError) console.error(error.code, error.attempts.length);
 * }
 */
export class SrvDialError extends Error {
  /** `AbortError` with ERR_SRV_ABORTED, as in Node's own APIs; `cause` is then the signal's reason. */
  override readonly name: "SrvDialError" | "AbortError";
  /** What happened. Use it in a `switch`. */
  readonly code: SrvDialErrorCode;
  /** The SRV name that was dialed; empty when no name was given. */
  readonly hostname: string;
  /** What was tried, in the order of their first starts, at most 100; empty when nothing was dialed. */
  readonly attempts: readonly SrvAttempt[];

  private constructor(code: SrvDialErrorCode, message: string, details: SrvErrorDetails) {
    super(printable(message), details.cause === undefined ? undefined : { cause: details.cause });
    this.name = code === "ERR_SRV_ABORTED" ? "AbortError" : "SrvDialError";
    // Captured again: the first line of a stack has the name from the time of the capture.
    // oxlint-disable-next-line unicorn/no-useless-error-capture-stack-trace
    Error.captureStackTrace(this, SrvDialError);
    this.code = code;
    this.hostname = details.hostname ?? "";
    this.attempts = details.attempts ?? [];
  }

  /** @internal */
  static of(code: SrvDialErrorCode, message: string, details: SrvErrorDetails = {}): SrvDialError {
    return new SrvDialError(code, message, details);
  }
}

interface SrvErrorDetails {
  readonly hostname?: string;
  readonly attempts?: readonly SrvAttempt[];
  readonly cause?: unknown;
}

/** Whether the error is from this package and has one of these codes. */
export function hasCode(error: unknown, ...codes: SrvDialErrorCode[]): error is SrvDialError {
  return error instanceof SrvDialError && codes.includes(error.code);
}

/** A server answered, but refused a new client. @internal */
export class Refusal extends Error {}

/** `host:port (address): reason` of the first attempts, for an error's message. @param total how many there were */
export function describeAttempts(attempts: readonly SrvAttempt[], total: number): string {
  const named = attempts.slice(0, MOST_NAMED).map(({ host, address, port, error, tries, at }) => {
    const last = (at / 1_000).toFixed(1);
    const again = tries === 1 ? "" : ` (${tries} tries, the last after ${last} s)`;
    // OpenSSL's messages end with a line break.
    return `${formatEndpoint(host, port, address)}: ${error.message.trimEnd()}${again}`;
  });
  const others = total - named.length;
  return [...named, ...(others > 0 ? [`and ${others} more`] : [])].join("; ");
}

/** `host:port`, with brackets around an IPv6 address, and ` (address)` if that differs from the host. */
export function formatEndpoint(host: string, port: number, address = host): string {
  const endpoint = host.includes(":") ? `[${host}]:${port}` : `${host}:${port}`;
  return address === host ? endpoint : `${endpoint} (${address})`;
}

/** @returns the reason itself if it is an error, also one of another realm, as in Jest */
export function toError(reason: unknown): Error {
  return reason instanceof Error || types.isNativeError(reason)
    ? reason
    : new Error(String(reason));
}
