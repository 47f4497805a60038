import type { AddressInfo } from "node:net";
import { createServer } from "node:net";
import { serve } from "./serve.ts";

/** The kernel's limit on most systems, so that a connect does not wait for this process. */
const BACKLOG = 4_096;

// Accepts connections. Clients end them by a reset.
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
