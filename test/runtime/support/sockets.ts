import { once } from "node:events";
import { readFileSync } from "node:fs";
import { type Server, type Socket, connect, createServer } from "node:net";
import { createServer as createTlsServer } from "node:tls";

import { TLS_FILES } from "../../support/tls/certificates.ts";

/** Timeout, in ms. */
const PATIENCE = 15_000;

/** A TCP server on loopback, with all its connections. */
export interface Upstream extends AsyncDisposable {
  readonly port: number;
  readonly sockets: ReadonlySet<Socket>;
}

/** An echo server. */
export function startEcho(): Promise<Upstream> {
  return startUpstream((socket) => void socket.pipe(socket));
}

/** Sockets may be half open. Disposing the server destroys them. */
export function startUpstream(serve: (socket: Socket) => void): Promise<Upstream> {
  return start(createServer({ allowHalfOpen: true }), "connection", serve);
}

/** An echo server with TLS. */
export function startTlsUpstream(serve: (socket: Socket) => void): Promise<Upstream> {
  const files = { cert: readFileSync(TLS_FILES.cert), key: readFileSync(TLS_FILES.key) };
  const server = createTlsServer({ ...files, allowHalfOpen: true });
  return start(server, "secureConnection", serve);
}

async function start(
  server: Server,
  event: "connection" | "secureConnection",
  serve: (socket: Socket) => void,
): Promise<Upstream> {
  const sockets = new Set<Socket>();
  server.on(event, (socket: Socket) => {
    sockets.add(socket);
    socket.on("error", () => {}).on("close", () => sockets.delete(socket));
    serve(socket);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    port: portOf(server),
    sockets,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** A connection to `HOST:PORT`, `[IPV6]:PORT` or `unix:PATH`. Disposing destroys it. */
export async function connectTo(where: string): Promise<Socket & Disposable> {
  const socket = connect({ ...addressOf(where), allowHalfOpen: true });
  await once(socket, "connect", { signal: AbortSignal.timeout(PATIENCE) });
  socket.on("error", () => {});
  return Object.assign(socket, { [Symbol.dispose]: () => void socket.destroy() });
}

function addressOf(where: string): { path: string } | { host: string; port: number } {
  if (where.startsWith("unix:")) return { path: where.slice("unix:".length) };
  const { hostname, port } = new URL(`tcp://${where}`);
  return { host: hostname.replace(/^\[(.*)\]$/, "$1"), port: Number(port) };
}

/** @returns the text from the peer until its end. Rejects if the connection fails. */
export function readAll(socket: Socket): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = "";
    const timer = setTimeout(() => reject(new Error(`no end; got ${text}`)), PATIENCE);
    const settle = (how: () => void): void => {
      clearTimeout(timer);
      how();
    };
    socket.on("data", (chunk) => (text += String(chunk)));
    socket.once("end", () => settle(() => resolve(text)));
    socket.once("error", (error) => settle(() => reject(error)));
    socket.once("close", () => settle(() => reject(new Error(`closed; got ${text}`))));
  });
}

/** The error code of a connection that ended, or undefined. */
export function ended(socket: Socket): Promise<string | undefined> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => resolve("it did not end"), PATIENCE);
    let code: string | undefined;
    socket.on("error", (error: NodeJS.ErrnoException) => (code = error.code));
    socket.on("close", () => {
      clearTimeout(timer);
      resolve(code);
    });
    // Without reading, a connection does not detect its end.
    socket.resume();
  });
}

/** Sends text. Resolves with an answer of the same length. */
export async function exchange(
  socket: Socket,
  text: string,
  length = text.length,
): Promise<string> {
  socket.write(text);
  let answer = "";
  const signal = AbortSignal.timeout(PATIENCE);
  while (answer.length < length) {
    const [chunk]: Buffer[] = await once(socket, "data", { signal });
    answer += String(chunk);
  }
  return answer;
}

function portOf(server: Server): number {
  const address = server.address();
  return typeof address === "object" && address !== null ? address.port : 0;
}
