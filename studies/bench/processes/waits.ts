import { channel } from "node:diagnostics_channel";
import { once } from "node:events";
import type { Socket } from "node:net";
import { setImmediate, setTimeout as sleep } from "node:timers/promises";
import type { Preparation } from "./connects.ts";
import { contestants } from "./contestants.ts";
import { serve } from "./serve.ts";

export interface Pace extends Preparation {
  readonly connects: number;
  /** ms from one connect to the next, whether or not the one before has ended. */
  readonly interval: number;
}

export interface Dialed {
  /** How many of the dials waited for DNS. */
  readonly waited: number;
  /** ms; more than asked for where the machine is too slow for the pace. */
  readonly took: number;
}

/** TCP connections that this process has begun, as Node.js itself tells. */
let begun = 0;
channel("net.client.socket").subscribe(() => void begun++);

serve({
  /** Dials at a pace of its own. */
  dial: async ({ contestant, destination, connects, interval }: Pace): Promise<Dialed> => {
    const connect = contestants[contestant](destination);
    const first = await dial(connect);
    await first.ended;
    const waited = [first.waited];
    const ends: Promise<unknown>[] = [];
    const start = performance.now();
    for (let done = 1; done < connects; done++) {
      const early = start + done * interval - performance.now();
      // Late: a turn all the same, or answers that have come would not be read.
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
 * A dial waits for DNS when it has not begun a connection by the end of the turn of the event loop in
 * which it was called: an answer can come in a later turn only. Time is no part of it, so neither a
 * garbage collection nor another process makes a dial wait.
 */
async function dial(connect: () => Promise<Socket>) {
  const before = begun;
  const dialing = connect();
  const ended = dialing.then(reset);
  // Awaited by the caller, some turns from now.
  ended.catch(() => {});
  await endOfTurn();
  return { waited: begun === before, ended };
}

/** Once all that promises had to do is done, and before anything from outside is looked at. */
function endOfTurn(): Promise<void> {
  return new Promise((resolve) => queueMicrotask(() => process.nextTick(resolve)));
}

/** By RST: the port is free at once. */
async function reset(socket: Socket): Promise<void> {
  const closed = once(socket, "close");
  socket.resetAndDestroy();
  await closed;
}
