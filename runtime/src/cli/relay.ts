import type { Socket } from "node:net";
import { TLSSocket } from "node:tls";

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

/**
 * Ends a connection at once, so that the peer does not take what it got for the whole. One that has
 * sent its end already is only closed: libuv resets none after uv_shutdown, and Node.js would leave
 * it open (https://docs.libuv.org/en/v1.x/tcp.html#c.uv_tcp_close_reset).
 */
export function reset(socket: Socket): void {
  const isTcp = socket.remoteAddress !== undefined && !(socket instanceof TLSSocket);
  const hasEnded = socket.writableEnded && socket.writableLength === 0;
  if (isTcp && !hasEnded && !socket.destroyed) socket.resetAndDestroy();
  else socket.destroy();
}
