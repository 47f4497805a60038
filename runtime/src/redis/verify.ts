import type { Socket } from "node:net";
import { Refusal } from "../base/errors.ts";
import { withSignal } from "../base/time.ts";

/** Maximum length of a reply in bytes: PONG and all errors are much shorter. */
const MAX_REPLY = 4_096;

/** Replies of Redis that refuse a new client; the match is the first sentence, which is shown. */
const REFUSAL = /^(ERR max number of clients|DENIED)\b[\w +]*/;
/** Replies while Redis cannot serve yet: it is loading its data, or a replica has no primary. */
const UNREADY = /^(LOADING|MASTERDOWN)\b/;

/** Whether Redis can serve; NOAUTH and the like are left to the client. @throws a Refusal if it refuses the client */
export async function verifyRedis(
  socket: Socket,
  { signal }: { readonly signal: AbortSignal },
): Promise<boolean> {
  const reply = await askRedis(socket, ["PING"], signal);
  const refusal = REFUSAL.exec(reply)?.[0];
  if (refusal !== undefined) throw new Refusal(`refuses the client: ${refusal.trim()}`);
  return !UNREADY.test(reply);
}

/**
 * Sends one command. Every RESP reply counts as Redis: a task that now has the dynamic port answers otherwise, or not.
 *
 * @returns the first line of the reply, without type and line end
 * @throws if the server is not Redis or closes the connection; the signal's reason when it is aborted
 */
export async function askRedis(
  socket: Socket,
  command: readonly [string, ...string[]],
  signal: AbortSignal,
): Promise<string> {
  const [verb] = command;
  const reply = await withSignal(signal, (lifetime) =>
    lifetime.wait<string>((resolve, reject) => {
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
    }),
  );
  // From the next tick on a listener for "data" makes it flow. ioredis below 5.4.2 would never read a paused socket.
  await new Promise<void>((resolve) => process.nextTick(resolve));
  return reply;
}

/** A command in RESP: an array of bulk strings, each with its length in bytes. */
function encode(command: readonly string[]): string {
  const words = command.map((word) => `$${Buffer.byteLength(word)}\r\n${word}\r\n`);
  return `*${command.length}\r\n${words.join("")}`;
}

/** The first line of a complete reply; an error if it is not from Redis; undefined while incomplete. */
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

/** How many bytes follow the length line of a bulk string: its bytes and a line end; none for the null string. */
function bulkBytes(length: string): number {
  if (length === "-1") return 0;
  return /^\d+$/.test(length) ? Number(length) + 2 : Number.NaN;
}

function notRedis(received: Buffer, verb: string): Error {
  const shown = JSON.stringify(received.toString("latin1", 0, 32));
  return new Error(`answers ${verb} with ${shown}, which is not Redis`);
}
