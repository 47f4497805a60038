// Listens for a black hole, then blocks until it is terminated. The kernel accepts one more connection than the
// backlog, and drops every SYN after that.
// oxlint-disable unicorn/require-post-message-target-origin -- between threads there is no origin
import { createServer } from "node:net";
import { parentPort, workerData } from "node:worker_threads";

const { address, port } = workerData;
parentPort.once("message", () => {
  const server = createServer();
  server.once("error", ({ message }) => parentPort.postMessage({ error: message }));
  server.listen({ host: address, port, backlog: 1, exclusive: true }, () => {
    parentPort.postMessage({ listening: true });
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
  });
});
parentPort.postMessage({ ready: true });
