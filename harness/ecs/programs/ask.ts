import { once } from "node:events";
import { connect } from "node:net";
import { connect as connectTls } from "node:tls";

/** How to reach a server. */
export interface Access {
  readonly host: string;
  readonly port: number;
  readonly password: string | undefined;
  readonly tls: boolean;
}

/** Milliseconds. A server that loads replies about ten times a second. */
const REPLY_TIMEOUT = 5_000;

/** The reply to a command whose reply is one line, such as `+PONG`. @throws if none comes */
export async function ask(access: Access, command: readonly string[]): Promise<string> {
  const { host, port, password } = access;
  const socket = access.tls
    ? connectTls({ host, port, rejectUnauthorized: false })
    : connect({ host, port });
  const commands = password === undefined ? [command] : [["AUTH", password], command];
  const signal = AbortSignal.timeout(REPLY_TIMEOUT);
  try {
    socket.write(commands.map(encode).join(""));
    for (let received = ""; ;) {
      const [data]: Buffer[] = await once(socket, "data", { signal });
      received += String(data);
      const lines = received.split("\r\n");
      if (lines.length > commands.length) return lines[commands.length - 1] ?? "";
    }
  } finally {
    socket.destroy();
  }
}

/** A command in the Redis protocol. */
function encode(words: readonly string[]): string {
  const parts = words.map((word) => `$${Buffer.byteLength(word)}\r\n${word}\r\n`);
  return `*${words.length}\r\n${parts.join("")}`;
}
