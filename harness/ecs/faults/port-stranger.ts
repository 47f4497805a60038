import { once } from "node:events";
import { createServer as createHttpServer } from "node:http";
import { createServer, type Server, type Socket } from "node:net";
import type { Endpoint } from "../machine/black-hole.ts";

/** The protocol that the new owner of a port speaks. */
export const STRANGERS = ["http", "echo"] as const;

export type Stranger = (typeof STRANGERS)[number];

/** A server of another protocol on a port that a task had before it. */
export class PortStranger {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();

  private constructor(speaks: Stranger) {
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

  static async listen(speaks: Stranger, { address, port }: Endpoint): Promise<PortStranger> {
    const stranger = new PortStranger(speaks);
    stranger.#server.listen({ host: address, port, exclusive: true });
    await once(stranger.#server, "listening");
    return stranger;
  }

  async close(): Promise<void> {
    const closed = once(this.#server, "close");
    this.#server.close();
    for (const socket of this.#sockets) socket.destroy();
    await closed;
  }
}
