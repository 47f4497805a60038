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
export async function askRedis(
  socket: Socket,
  command: readonly [string, ...string[]],
  lifetime: Lifetime,
): Promise<string> {
  const [verb] = command;
  const reply = await lifetime.wait<string>((resolve, reject) => {
    let received = Buffer.alloc(0);
    const onReadable = (): void => {
      const chunk = socket.read() as Buffer | null;
      if (chunk === null) return;
      received = Buffer.concat([received, chunk]);
      const line = readReply(received, verb);
      if (line instanceof Error) reject(line);
      else if (line !== undefined) resolve(line);
    };
    const onClose = (): void => reject(new Error(`closed before it answered ${verb}`));
    socket.on("readable", onReadable).on("error", reject).on("close", onClose).on("end", onClose);
    socket.write(encode(command));
    return () => {
      socket.off("readable", onReadable).off("error", reject);
      socket.off("close", onClose).off("end", onClose);
    };
  });
  // From the next tick on the socket is as `net.connect` gives it: the next listener of "data" makes
  // it flow. A paused one would never be read by ioredis below 5.4.2.
  await new Promise<void>((resolve) => process.nextTick(resolve));
  return reply;
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
