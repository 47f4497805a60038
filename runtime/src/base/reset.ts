import type { Socket } from "node:net";
import { TLSSocket } from "node:tls";

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
