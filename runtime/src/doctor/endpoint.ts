import { type Socket, connect } from "node:net";
import type { TLSSocket } from "node:tls";
import { systemClock } from "../base/clock.ts";
import { type SrvAttemptPhase, toError } from "../base/errors.ts";
import { Interruption, type Lifetime, withDeadline } from "../base/lifetime.ts";
import { type Endpoint, attempt } from "../dial/attempt.ts";
import { askRedis } from "../redis/ping.ts";
import { stopwatch } from "./stopwatch.ts";

/** What answers at an endpoint, or that nothing does. */
export type Service =
  | "refused"
  | "silent"
  | "unreachable"
  | "Redis"
  | "Redis over TLS"
  | "HTTP"
  | "HTTP over TLS"
  | "TLS"
  | "another protocol"
  | "no reply"
  | "closed";

/** Those at which nothing listens. */
export const DEAD: readonly Service[] = ["refused", "silent", "unreachable", "closed"];

export interface EndpointCheck {
  readonly address: string;
  /** Until the connection, or until it failed, in ms. */
  readonly time: number;
  readonly service: Service;
  /** The reply to PING unless it is PONG, or the error. */
  readonly detail?: string;
  /** Why the certificate is not trusted for the name of the service; undefined if it is. */
  readonly distrusted?: string;
}

/** What came of a connection to which PING was sent. */
interface Outcome {
  readonly phase: SrvAttemptPhase;
  /** How long the connection took, in ms. */
  readonly time: number;
  readonly reply?: string;
  readonly error?: Error;
  readonly distrusted?: string;
}

/**
 * Connects, sends PING, and if the reply is not plain, does the same over TLS.
 *
 * @param servername for SNI and the certificate
 * @param timeout for each connection, in ms
 */
export async function checkEndpoint(
  endpoint: Endpoint,
  servername: string,
  timeout: number,
): Promise<EndpointCheck> {
  const { address } = endpoint;
  const plain = await pingAt(endpoint, undefined, timeout);
  const { time, phase, reply, error } = plain;
  if (phase === "connect" && error !== undefined) {
    const service = whyDead(error);
    const detail = service === "unreachable" ? { detail: error.message } : {};
    return { address, time, service, ...detail };
  }
  if (reply !== undefined) return { address, time, service: "Redis", ...detailOf(reply) };
  if (isHttp(error)) return { address, time, service: "HTTP" };
  // A TLS server ends a connection that does not begin with a handshake.
  if (error instanceof Interruption) return { address, time, service: "no reply" };
  const tls = await pingAt(endpoint, servername, timeout);
  const isTls = tls.phase === "verify" || isAlert(tls.error);
  const { distrusted } = tls;
  const common = { address, time, ...(distrusted !== undefined && { distrusted }) };
  if (tls.reply !== undefined) {
    return { ...common, service: "Redis over TLS", ...detailOf(tls.reply) };
  }
  if (isHttp(tls.error)) return { ...common, service: "HTTP over TLS" };
  if (isTls)
    return { ...common, service: "TLS", ...(isAlert(tls.error) && { detail: tls.error.message }) };
  const detail = error?.message ?? "";
  return {
    address,
    time,
    service: detail.startsWith("closed") ? "closed" : "another protocol",
    detail,
  };
}

/** @param servername undefined: without TLS */
async function pingAt(
  endpoint: Endpoint,
  servername: string | undefined,
  timeout: number,
): Promise<Outcome> {
  const elapsed = stopwatch();
  const progress: { phase?: SrvAttemptPhase } = {};
  const seen: { time?: number; reply?: string; distrusted?: string } = {};
  const options = {
    connect,
    socket: {},
    // What is not trusted is reported.
    tls: servername === undefined ? undefined : { rejectUnauthorized: false },
    servername,
    ref: true,
    async verify(socket: Socket, lifetime: Lifetime) {
      seen.time = elapsed();
      const { authorizationError } = socket as Partial<TLSSocket>;
      if (authorizationError) seen.distrusted = String(authorizationError);
      seen.reply = await askRedis(socket, ["PING"], lifetime);
    },
  };
  try {
    const { socket } = await withDeadline(timeout, systemClock, (lifetime) =>
      attempt(endpoint, options, lifetime, progress),
    );
    socket.destroy();
    return { phase: "verify", time: elapsed(), ...seen };
  } catch (error) {
    const { phase = "connect" } = progress;
    return { phase, time: elapsed(), error: toError(error), ...seen };
  }
}

function whyDead(error: Error): Service {
  if (error instanceof Interruption) return "silent";
  return "code" in error && error.code === "ECONNREFUSED" ? "refused" : "unreachable";
}

/** The message of `askRedis` shows how the reply begins. */
function isHttp(error: Error | undefined): boolean {
  return error?.message.includes('"HTTP/') === true;
}

/** Whether the server ended the connection with a TLS alert, as without a client certificate. */
function isAlert(error: Error | undefined): error is Error {
  return error !== undefined && "code" in error && /^ERR_SSL_.*ALERT/.test(String(error.code));
}

function detailOf(reply: string): { detail?: string } {
  return reply === "PONG" ? {} : { detail: reply };
}
