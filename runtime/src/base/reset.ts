import type { Socket } from "node:net";
import { TLSSocket } from "node:tls";

/**
 * Ends a connection with a reset, so that the peer does not mistake partial data for everything. One that has sent its
 * end is only closed: libuv cannot reset it after uv_shutdown, and Node.js would leave it open
 * (https://docs.libuv.org/en/v1.x/tcp.html#c.uv_tcp_close_reset).
 */
export function reset(socket: Socket): void {
  const isTcp = socket.remoteAddress !== undefined && !(socket instanceof TLSSocket);
  const hasEnded = socket.writableEnded && socket.writableLength === 0;
  if (isTcp && !hasEnded && !socket.destroyed) socket.resetAndDestroy();
  else socket.destroy();
}
