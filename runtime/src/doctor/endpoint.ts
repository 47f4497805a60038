import { type Socket, connect } from "node:net";
import type { TLSSocket } from "node:tls";
import { type SrvAttemptPhase, toError } from "../base/errors.ts";
import { Interruption, type Lifetime } from "../base/lifetime.ts";
import { type Endpoint, connectTo } from "../dial/connection.ts";
import { askRedis } from "../redis/ping.ts";

/** What answers at an endpoint, or that nothing does. */
export type Service =
  | "refused"
  | "unreachable"
  | "Redis"
  | "Redis over TLS"
  | "TLS"
  | "another protocol"
  | "no reply"
  | "closed";

/** Those at which nothing listens. */
export const DEAD: readonly Service[] = ["refused", "unreachable"];

export interface EndpointCheck {
  readonly address: string;
  /** Until the connection, or until it failed, in ms. */
  readonly time: number;
  readonly service: Service;
  /** The reply to PING, how long none came, or the error. */
  readonly detail?: string | undefined;
  /** Why the certificate is not trusted for the name of the service; undefined if it is. */
  readonly distrusted?: string | undefined;
}

/** @returns a function that gives the time since this call, in tenths of a ms */
export function stopwatch(): () => number {
  const start = performance.now();
  return () => Math.round((performance.now() - start) * 10) / 10;
}

/** Connects, sends PING, and if the reply is not plain, does the same over TLS, with the servername. */
export async function checkEndpoint(
  endpoint: Endpoint,
  servername: string,
  lifetime: Lifetime,
): Promise<EndpointCheck> {
  const elapsed = stopwatch();
  const { time, phase, reply, error } = await pingAt(endpoint, undefined, lifetime);
  const found = (service: Service, detail?: string, distrusted?: string): EndpointCheck => ({
    address: endpoint.address,
    time,
    service,
    detail,
    distrusted,
  });
  if (phase === "connect" && error !== undefined) {
    if ("code" in error && error.code === "ECONNREFUSED") return found("refused");
    return found("unreachable", error instanceof Interruption ? "no answer" : error.message);
  }
  if (reply !== undefined) return found("Redis", reply);
  if (error instanceof Interruption) {
    return found("no reply", `to PING in ${(elapsed() - time).toFixed(0)} ms`);
  }
  // A TLS server ends a connection that does not begin with a handshake.
  const tls = await pingAt(endpoint, servername, lifetime);
  if (tls.reply !== undefined) return found("Redis over TLS", tls.reply, tls.distrusted);
  if (tls.phase === "verify" || isAlert(tls.error)) {
    return found("TLS", tls.error?.message ?? "", tls.distrusted);
  }
  const { message = "" } = error ?? {};
  return found(message.startsWith("closed") ? "closed" : "another protocol", message);
}

/** Connects and sends PING. @param servername undefined: without TLS */
async function pingAt(endpoint: Endpoint, servername: string | undefined, lifetime: Lifetime) {
  const elapsed = stopwatch();
  const progress: { phase?: SrvAttemptPhase } = {};
  const seen: { time?: number; reply?: string; error?: Error; distrusted?: string } = {};
  const options = {
    connect,
    socket: {},
    // What is not trusted is reported.
    tls: servername === undefined ? undefined : { rejectUnauthorized: false },
    servername,
    ref: true,
    async verify(socket: Socket) {
      seen.time = elapsed();
      const { authorizationError } = socket as Partial<TLSSocket>;
      if (authorizationError) seen.distrusted = String(authorizationError);
      seen.reply = await askRedis(socket, ["PING"], lifetime);
    },
  };
  try {
    const { socket } = await connectTo(endpoint, options, lifetime, progress);
    socket.destroy();
  } catch (error) {
    seen.error = toError(error);
  }
  const { phase = "connect" } = progress;
  return { phase, time: elapsed(), ...seen };
}

/** Whether the server ended the connection with a TLS alert, as without a client certificate. */
function isAlert(error: Error | undefined): boolean {
  return error !== undefined && "code" in error && /^ERR_SSL_.*ALERT/.test(String(error.code));
}
