// Web servers behind an SRV name.
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { type RequestListener, createServer } from "node:http";
import { createServer as createTlsServer } from "node:https";
import type { AddressInfo, Socket } from "node:net";
import { TLSSocket } from "node:tls";

import { TLS_FILES } from "../../support/tls/certificates.ts";

export interface WebServer extends AsyncDisposable {
  readonly port: number;
  readonly sockets: ReadonlySet<Socket>;
  /** Names in the SNI of clients. */
  readonly servernames: readonly unknown[];
  /** Closes it with all connections, like a killed process. */
  kill(): Promise<void>;
}

export interface WebOptions {
  readonly tls?: boolean;
  /** Paths of `PUT` requests, stored before the response. */
  readonly store?: Set<string>;
}

/**
 * Responds with its port and the request's Host header. A `PUT` stores its path, and `/moved` redirects to the address
 * of the server.
 */
export async function startWeb({ tls = false, store }: WebOptions = {}): Promise<WebServer> {
  const sockets = new Set<Socket>();
  const servernames: unknown[] = [];
  const answer: RequestListener = ({ method, url = "", headers }, response) => {
    if (url === "/moved") {
      return void response.writeHead(302, { location: `http://127.0.0.1:${port}/` }).end();
    }
    if (method === "PUT") store?.add(url);
    response.end(`${port} ${headers.host}`);
  };
  const files = { cert: readFileSync(TLS_FILES.cert), key: readFileSync(TLS_FILES.key) };
  const server = tls ? createTlsServer(files, answer) : createServer(answer);
  server.keepAliveTimeout = 0;
  server.on(tls ? "secureConnection" : "connection", (socket: Socket) => {
    sockets.add(socket);
    socket.on("error", () => {}).on("close", () => sockets.delete(socket));
    if (socket instanceof TLSSocket) servernames.push(socket.servername);
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  const { port } = server.address() as AddressInfo;
  const kill = async (): Promise<void> => {
    if (!server.listening) return;
    const closed = once(server, "close");
    server.close();
    server.closeAllConnections();
    await closed;
  };
  return {
    port,
    sockets,
    servernames,
    kill,
    [Symbol.asyncDispose]: kill,
  };
}
