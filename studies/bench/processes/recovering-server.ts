import { type AddressInfo, type Server, createServer } from "node:net";
import { serve } from "./serve.ts";

/** As many connections as wait, at most the kernel's limit on most systems. */
const BACKLOG = 4_096;
const REPLY = "HTTP/1.1 204 No Content\r\nConnection: keep-alive\r\n\r\n";
const NO_VALUE = "$-1\r\n";

let server: Server;
let port = 0;

const listen = (at: number): Promise<void> =>
  new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen({ port: at, host: "127.0.0.1", backlog: BACKLOG }, resolve);
  });

// A port that refuses connections until it is opened. Answers each request of HTTP, and each command of Redis.
serve({
  reserve: async (): Promise<number> => {
    server = createServer((socket) => {
      socket.on("error", () => {});
      socket.on("data", (bytes) => socket.write(repliesTo(String(bytes))));
    });
    await listen(0);
    ({ port } = server.address() as AddressInfo);
    await new Promise((resolve) => server.close(resolve));
    return port;
  },
  open: () => listen(port),
});

function repliesTo(text: string): string {
  return text.startsWith("GET ") ? REPLY : NO_VALUE.repeat(text.match(/^\*/gm)?.length ?? 0);
}
