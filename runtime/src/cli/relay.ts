import type { Socket } from "node:net";
import { reset } from "../base/reset.ts";

/** Keep-alive probes after 30 s of silence detect a peer that has vanished, such as a lost host. */
export const KEEP_ALIVE = { keepAlive: true, keepAliveInitialDelay: 30_000 };

/**
 * Copies bytes in both directions until both have ended. When one direction ends, the other stays
 * open. A slow reader slows down its writer. If one side breaks, the other is reset.
 */
export function relay(client: Socket, upstream: Socket): void {
  for (const socket of [client, upstream]) {
    // Otherwise Node would close its own side when the peer ends.
    socket.allowHalfOpen = true;
    // Ignored: `close` follows.
    socket.on("error", () => {});
  }
  pass(client, upstream);
  pass(upstream, client);
}

function pass(from: Socket, to: Socket): void {
  from.once("close", () => {
    const isComplete = from.readableEnded && from.writableFinished;
    if (!isComplete) reset(to);
  });
  if (from.destroyed) reset(to);
  else from.pipe(to);
}
