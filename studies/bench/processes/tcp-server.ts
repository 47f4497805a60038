import type { AddressInfo } from "node:net";
import { createServer } from "node:net";
import { serve } from "./serve.ts";

/** As deep as the kernel lets it be: a connect must not wait for this process. */
const BACKLOG = 4_096;

// Accepts, and waits for the reset that ends each connection.
serve({
  listen: () =>
    new Promise((resolve, reject) => {
      const server = createServer((socket) => socket.on("error", () => {}));
      server.on("error", reject);
      server.listen({ port: 0, host: "127.0.0.1", backlog: BACKLOG }, () => {
        resolve((server.address() as AddressInfo).port);
      });
    }),
});
