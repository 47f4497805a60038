import { printable } from "./name.ts";

/**
 * Why a dial failed, or a connection ended; stable, to be switched on.
 *
 * - `ERR_SRV_INVALID_ARG`: a name or option was not valid; nothing was tried
 * - `ERR_SRV_NO_RECORDS`: the name does not exist or has no SRV records (NXDOMAIN or an empty answer)
 * - `ERR_SRV_UNAVAILABLE`: the only target is `.`: the service is decidedly not available (RFC 2782)
 * - `ERR_SRV_RESOLVE`: no server or API gave an answer
 * - `ERR_SRV_CONNECT`: every target was tried and failed
 * - `ERR_SRV_TIMEOUT`: the deadline passed while something was still unfinished
 * - `ERR_SRV_ABORTED`: the caller's signal was aborted
 * - `ERR_SRV_CLOSED`: the dialer was closed
 * - `ERR_SRV_MOVED`: of an open connection: nothing comes over it, and its service is elsewhere
 */
export type SrvDialErrorCode =
  | "ERR_SRV_INVALID_ARG"
  | "ERR_SRV_NO_RECORDS"
  | "ERR_SRV_UNAVAILABLE"
  | "ERR_SRV_RESOLVE"
  | "ERR_SRV_CONNECT"
  | "ERR_SRV_TIMEOUT"
  | "ERR_SRV_ABORTED"
  | "ERR_SRV_CLOSED"
  | "ERR_SRV_MOVED";

/** How far an attempt came: address lookup, TCP connect, TLS handshake, check of the protocol. */
export type SrvAttemptPhase = "lookup" | "connect" | "tls" | "verify";

/** One endpoint that was tried and did not become the connection. */
export interface SrvAttempt {
  /** Target host of the SRV record. */
  readonly host: string;
  /** Address dialed; undefined when the host's addresses could not be found. */
  readonly address: string | undefined;
  /** TCP port of the SRV record. */
  readonly port: number;
  /** How far it came. */
  readonly phase: SrvAttemptPhase;
  /** Why it failed. */
  readonly error: Error;
}

/**
 * Every failure of this package: a stable `code`, the name asked for, and all that was tried. The
 * message is one line that a terminal or a log can show: names and server replies are escaped in it.
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
  /**
   * `AbortError` with ERR_SRV_ABORTED, as Node's own APIs reject when a signal is aborted; as there,
   * `cause` is the signal's reason.
   */
  override readonly name: "SrvDialError" | "AbortError";
  /** What happened, to be switched on. */
  readonly code: SrvDialErrorCode;
  /** The SRV name that was dialed; empty when it was the name itself that was missing. */
  readonly hostname: string;
  /** What was tried, in the order it was started; empty when nothing was dialed. */
  readonly attempts: readonly SrvAttempt[];

  constructor(
    code: SrvDialErrorCode,
    message: string,
    details: {
      hostname?: string;
      attempts?: readonly SrvAttempt[];
      cause?: unknown;
    } = {},
  ) {
    super(printable(message), details.cause === undefined ? undefined : { cause: details.cause });
    this.name = code === "ERR_SRV_ABORTED" ? "AbortError" : "SrvDialError";
    // Taken again: the first line of a stack tells the name as it was when the stack was taken.
    // oxlint-disable-next-line unicorn/no-useless-error-capture-stack-trace
    Error.captureStackTrace(this, SrvDialError);
    this.code = code;
    this.hostname = details.hostname ?? "";
    this.attempts = details.attempts ?? [];
  }
}

/** Whether it is an error of this package with one of these codes. */
export function hasCode(
  error: unknown,
  ...codes: readonly SrvDialErrorCode[]
): error is SrvDialError {
  return error instanceof SrvDialError && codes.includes(error.code);
}

/**
 * A server answers, and turns a new client away.
 *
 * @internal
 */
export class Refusal extends Error {}

/** `host:port (address): reason` of every attempt, for an error's message. */
export function describeAttempts(attempts: readonly SrvAttempt[]): string {
  return attempts
    .map(({ host, address, port, error }) => {
      // OpenSSL ends its messages with a line break.
      return `${formatEndpoint(host, port, address)}: ${error.message.trimEnd()}`;
    })
    .join("; ");
}

/** `host:port`, with the brackets that an IPv6 address needs, and ` (address)` where that is another. */
export function formatEndpoint(host: string, port: number, address = host): string {
  const endpoint = host.includes(":") ? `[${host}]:${port}` : `${host}:${port}`;
  return address === host ? endpoint : `${endpoint} (${address})`;
}

export function toError(reason: unknown): Error {
  return reason instanceof Error ? reason : new Error(String(reason));
}
