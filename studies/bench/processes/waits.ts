import { channel } from "node:diagnostics_channel";
import { once } from "node:events";
import type { Socket } from "node:net";
import { setImmediate, setTimeout as sleep } from "node:timers/promises";
import type { Preparation } from "./connects.ts";
import { contestants } from "./contestants.ts";
import { serve } from "./serve.ts";

export interface Pace extends Preparation {
  readonly connects: number;
  /** ms between the starts of two connects; they may overlap. */
  readonly interval: number;
}

export interface Dialed {
  /** Number of dials that waited for DNS. */
  readonly waited: number;
  /** ms; longer than requested if the machine is too slow. */
  readonly took: number;
}

/** TCP connections that this process has started, from the diagnostics channel of Node.js. */
let begun = 0;
channel("net.client.socket").subscribe(() => void begun++);

serve({
  /** Dials at a fixed interval. */
  dial: async ({ contestant, destination, connects, interval }: Pace): Promise<Dialed> => {
    const connect = contestants[contestant](destination);
    const first = await dial(connect);
    await first.ended;
    const waited = [first.waited];
    const ends: Promise<unknown>[] = [];
    const start = performance.now();
    for (let done = 1; done < connects; done++) {
      const early = start + done * interval - performance.now();
      // Even if late, give the event loop a turn, so that it reads answers.
      await (early > 0 ? sleep(early) : setImmediate());
      const dialed = await dial(connect);
      waited.push(dialed.waited);
      ends.push(dialed.ended);
    }
    const took = performance.now() - start;
    await Promise.all(ends);
    return { waited: waited.filter(Boolean).length, took };
  },
});

/**
 * A dial waits for DNS if it starts no connection in the same turn of the event loop, because an answer can only
 * arrive in a later turn. It does not depend on time, so a garbage collection or another process does not count.
 */
async function dial(connect: () => Promise<Socket>) {
  const before = begun;
  const dialing = connect();
  const ended = dialing.then(reset);
  // The caller awaits it some turns later.
  ended.catch(() => {});
  await endOfTurn();
  return { waited: begun === before, ended };
}

/** After all promise callbacks, and before the event loop handles I/O. */
function endOfTurn(): Promise<void> {
  return new Promise((resolve) => queueMicrotask(() => process.nextTick(resolve)));
}

/** Ends a connection by RST, which frees the port at once. */
async function reset(socket: Socket): Promise<void> {
  const closed = once(socket, "close");
  socket.resetAndDestroy();
  await closed;
}
