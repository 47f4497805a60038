import { once } from "node:events";
import { createServer as createHttpServer } from "node:http";
import { createServer, type Server, type Socket } from "node:net";
import type { Endpoint } from "../machine/black-hole.ts";

/** The protocols that the new server of a port can speak. */
export const PORT_PROTOCOLS = ["http", "echo"] as const;

export type PortProtocol = (typeof PORT_PROTOCOLS)[number];

/** A server of another protocol on a port that a task used before. */
export class PortServer {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();

  private constructor(speaks: PortProtocol) {
    this.#server =
      speaks === "http"
        ? createHttpServer((_request, response) => response.end("hello\n"))
        : createServer((socket) => socket.pipe(socket));
    this.#server.on("connection", (socket) => {
      this.#sockets.add(socket);
      socket.on("error", () => {});
      socket.once("close", () => this.#sockets.delete(socket));
    });
  }

  static async listen(speaks: PortProtocol, { address, port }: Endpoint): Promise<PortServer> {
    const portServer = new PortServer(speaks);
    portServer.#server.listen({ host: address, port, exclusive: true });
    await once(portServer.#server, "listening");
    return portServer;
  }

  async close(): Promise<void> {
    const closed = once(this.#server, "close");
    this.#server.close();
    for (const socket of this.#sockets) socket.destroy();
    await closed;
  }
}
