import { connect, type Socket } from "node:net";
import { setImmediate as endOfTurn, setTimeout as delay } from "node:timers/promises";

/** Length of the queue in which a server's connections wait until it accepts them (listen(2)). */
export const BACKLOG = 64;

/** The kernel accepts one more connection than the backlog. */
const PLACES = BACKLOG + 1;

/** Milliseconds. After that, clients must have filled the queue. */
const FILL_TIMEOUT = 1_000;

/**
 * Makes a stopped server silent for new connections. Its queue is filled, and the kernel drops further connects:
 * they are neither accepted nor refused.
 * @returns a function that ends it
 */
export async function fillQueue(host: string, port: number): Promise<() => void> {
  // Some systems have longer queues. What gets no place has no effect.
  const fillers = Array.from({ length: 2 * PLACES }, () => connect({ host, port }));
  for (const filler of fillers) filler.on("error", () => {}).unref();
  await Promise.race([connected(fillers), delay(FILL_TIMEOUT)]);
  await endOfTurn();
  // A connect without an end would keep the process alive, although its socket does not.
  for (const filler of fillers) if (filler.connecting) filler.destroy();
  return () => {
    for (const filler of fillers) filler.destroy();
  };
}

/** Resolves when a queue's worth of sockets are connected. */
function connected(sockets: readonly Socket[]): Promise<void> {
  return new Promise((resolve) => {
    let count = 0;
    for (const socket of sockets) {
      socket.once("connect", () => {
        count += 1;
        if (count === PLACES) resolve();
      });
    }
  });
}
