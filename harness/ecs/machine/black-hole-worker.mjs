// Listens where the black hole is to be, and never looks again: blocked, until it is terminated.
// One connection more than the backlog is accepted by the kernel; it drops every SYN that follows.
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
