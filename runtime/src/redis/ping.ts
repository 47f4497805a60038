import type { Socket } from "node:net";
import type { Lifetime } from "../base/lifetime.ts";

/** Longest reply that is read, in bytes: PONG and every error fit by far. */
const MAX_REPLY = 4_096;

/**
 * Sends PING and reads the reply off the socket, so that nothing of it is left for the next reader.
 * Any RESP reply is Redis: PONG, and also NOAUTH, LOADING or NOPERM, which the client handles. A
 * dynamic port that another task has taken over answers something else, or nothing.
 *
 * @returns the reply's first line, without type and line end
 * @throws when what answers is not Redis, when it closes, or with the reason why its lifetime ended
 */
export function ping(socket: Socket, lifetime: Lifetime): Promise<string> {
  return askRedis(socket, ["PING"], lifetime);
}

/** Sends one command, and reads its reply as `ping` does. */
export function askRedis(
  socket: Socket,
  command: readonly [string, ...string[]],
  lifetime: Lifetime,
): Promise<string> {
  const [verb] = command;
  return lifetime.wait((resolve, reject) => {
    let received = Buffer.alloc(0);
    const onData = (chunk: Buffer): void => {
      received = Buffer.concat([received, chunk]);
      const reply = readReply(received, verb);
      if (reply instanceof Error) reject(reply);
      else if (reply !== undefined) resolve(reply);
    };
    const onClose = (): void => reject(new Error(`closed before it answered ${verb}`));
    socket.on("data", onData).on("error", reject).on("close", onClose).on("end", onClose);
    socket.write(encode(command));
    // The reply before this one left it paused.
    socket.resume();
    return () => {
      socket.off("data", onData).off("error", reject).off("close", onClose).off("end", onClose);
      socket.pause();
    };
  });
}

/** A command as RESP has it: an array of bulk strings, each with its length in bytes. */
function encode(command: readonly string[]): string {
  const words = command.map((word) => `$${Buffer.byteLength(word)}\r\n${word}\r\n`);
  return `*${command.length}\r\n${words.join("")}`;
}

/** The whole reply's first line, an error when it is not Redis's, undefined while incomplete. */
function readReply(received: Buffer, verb: string): string | Error | undefined {
  const type = String.fromCharCode(received[0] ?? 0);
  if (!"+-:$".includes(type)) return notRedis(received, verb);
  const lineEnd = received.indexOf("\r\n");
  if (lineEnd === -1) return received.length > MAX_REPLY ? notRedis(received, verb) : undefined;
  const line = received.toString("latin1", 1, lineEnd);
  const end = lineEnd + 2 + (type === "$" ? bulkBytes(line) : 0);
  if (!(end <= MAX_REPLY) || received.length > end) return notRedis(received, verb);
  return received.length === end ? line : undefined;
}

/** What follows the line of a bulk string: its bytes and a line end; the null one has neither. */
function bulkBytes(length: string): number {
  if (length === "-1") return 0;
  return /^\d+$/.test(length) ? Number(length) + 2 : Number.NaN;
}

function notRedis(received: Buffer, verb: string): Error {
  const shown = JSON.stringify(received.toString("latin1", 0, 32));
  return new Error(`answers ${verb} with ${shown}, which is not Redis`);
}
