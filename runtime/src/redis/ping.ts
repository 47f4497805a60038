import type { Socket } from "node:net";
import type { Lifetime } from "../lifetime.ts";

const PING = "*1\r\n$4\r\nPING\r\n";
/** Longest reply that is read, in bytes: PONG and every error fit by far. */
const MAX_REPLY = 4_096;

/**
 * Sends PING and reads the reply off the socket, so that nothing of it is left for the next reader.
 * Any RESP reply is Redis: PONG, but as well NOAUTH, LOADING or NOPERM, which are the client's to
 * deal with. A dynamic port that another task has taken over answers something else, or nothing.
 *
 * @returns the reply's first line, without type and line end
 * @throws when what answers is not Redis, when it closes, or with the reason why its lifetime ended
 */
export function ping(socket: Socket, lifetime: Lifetime): Promise<string> {
  return new Promise((resolve, reject) => {
    let received = Buffer.alloc(0);
    const settle = (how: () => void): void => {
      socket.off("data", onData).off("error", onError).off("close", onClose).off("end", onClose);
      lifetime.offEnd(onEnd);
      socket.pause();
      how();
    };
    const onData = (chunk: Buffer): void => {
      received = Buffer.concat([received, chunk]);
      const reply = readReply(received);
      if (reply instanceof Error) settle(() => reject(reply));
      else if (reply !== undefined) settle(() => resolve(reply));
    };
    const onError = (error: Error): void => settle(() => reject(error));
    const onClose = (): void => settle(() => reject(new Error("closed before it answered PING")));
    const onEnd = (): void => settle(() => reject(lifetime.reason));
    socket.on("data", onData).on("error", onError).on("close", onClose).on("end", onClose);
    lifetime.onEnd(onEnd);
    if (lifetime.reason === undefined) socket.write(PING);
  });
}

/** The whole reply's first line, an error when it is no answer to PING, undefined while incomplete. */
function readReply(received: Buffer): string | Error | undefined {
  const type = String.fromCharCode(received[0] ?? 0);
  if (!"+-:$".includes(type)) return notRedis(received);
  const lineEnd = received.indexOf("\r\n");
  if (lineEnd === -1) return received.length > MAX_REPLY ? notRedis(received) : undefined;
  const line = received.toString("latin1", 1, lineEnd);
  const end = lineEnd + 2 + (type === "$" ? Math.max(0, Number(line) + 2) : 0);
  if (!(end <= MAX_REPLY) || received.length > end) return notRedis(received);
  return received.length === end ? line : undefined;
}

function notRedis(received: Buffer): Error {
  const shown = JSON.stringify(received.toString("latin1", 0, 32));
  return new Error(`answers PING with ${shown}, which is not Redis`);
}
