import { once } from "node:events";
import { type AddressInfo, createServer } from "node:net";

/** The kernel's limit on most systems, so that a connect does not wait for this process. */
const BACKLOG = 4_096;
const NO_CONTENT = "HTTP/1.1 204 No Content\r\nConnection: keep-alive\r\n\r\n";

/** Answers a request of HTTP, and each command of Redis. */
const server = createServer((socket) => {
  socket.on("error", () => {});
  socket.on("data", (bytes) => {
    const text = String(bytes);
    const commands = text.match(/^\*/gm)?.length ?? 0;
    socket.write(text.startsWith("GET ") ? NO_CONTENT : "$-1\r\n".repeat(commands));
  });
});

/** @param port 0 for a free port @returns the port */
export async function listen(port: number): Promise<number> {
  await once(server.listen({ port, host: "127.0.0.1", backlog: BACKLOG }), "listening");
  return (server.address() as AddressInfo).port;
}

/** From now on the port refuses connections. */
export async function close(): Promise<void> {
  await once(server.close(), "close");
}
