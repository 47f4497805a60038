import { connect, type Socket } from "node:net";
import { Resolver } from "node:dns/promises";
import { once } from "node:events";
import { Redis } from "ioredis";
import type { MovingRedis, Target } from "../../../../harness/ecs/testing.ts";

/** A client of the fixed forward that reconnects quickly and retries commands forever. */
export function plainClient({ host, port, clientOptions }: MovingRedis) {
  const options = { retryStrategy: () => 20, maxRetriesPerRequest: null };
  const redis = new Redis({ host, port, ...clientOptions, ...options });
  redis.on("error", () => {});
  return Object.assign(redis, { [Symbol.dispose]: () => redis.disconnect() });
}

/** The answers of its DNS server. */
export function resolverOf({ dns }: MovingRedis): Resolver {
  const resolver = new Resolver({ timeout: 5_000, tries: 1 });
  resolver.setServers([dns]);
  return resolver;
}

/** A connection to a target. Its events after the connection are recorded. */
export async function connection({ host, port }: Target) {
  const socket = connect({ host, port });
  await once(socket, "connect");
  let received = "";
  socket.on("data", (data) => (received += String(data)));
  let ended = "";
  socket.on("error", (error: NodeJS.ErrnoException) => (ended = error.code ?? error.message));
  socket.on("end", () => (ended = "end"));
  return {
    send: (text: string): void => void socket.write(text),
    received: (): string => received,
    ended: (): string => ended,
    [Symbol.dispose]: (): void => void socket.destroy(),
  };
}

/** What a new connection gets within a time: `accepted`, an error code, or `nothing`. */
export async function connecting({ host, port }: Target, timeout = 300): Promise<string> {
  const socket: Socket = connect({ host, port });
  try {
    await once(socket, "connect", { signal: AbortSignal.timeout(timeout) });
    return "accepted";
  } catch (error) {
    const { code = "" } = error as NodeJS.ErrnoException;
    return code === "ABORT_ERR" ? "nothing" : code;
  } finally {
    socket.destroy();
  }
}
