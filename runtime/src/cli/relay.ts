import type { Socket } from "node:net";
import { reset } from "../base/reset.ts";

/** Probes find a peer that is gone without a word (a lost host) after 30 s of silence. */
export const KEEP_ALIVE = { keepAlive: true, keepAliveInitialDelay: 30_000 };

/**
 * Copies bytes both ways until both sides have ended. The end of one direction is passed on and
 * leaves the other open; a slow reader slows its writer; what breaks one side resets the other.
 */
export function relay(client: Socket, upstream: Socket): void {
  for (const socket of [client, upstream]) {
    // Node would answer the peer's end with one of its own.
    socket.allowHalfOpen = true;
    // Its close follows, and is what matters.
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
