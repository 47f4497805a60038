import { once } from "node:events";
import type { Socket } from "node:net";
import { setImmediate } from "node:timers/promises";
import {
  type Contestant,
  type ContestantName,
  type Destination,
  contestants,
} from "./contestants.ts";
import { serve } from "./serve.ts";

/** ms between two connects. */
const SETTLING = 0.2;

let connect: Contestant | undefined;

serve({
  prepare: ({ contestant, destination }: Preparation) => {
    connect = contestants[contestant](destination);
  },
  /** Connects one after the other; the time of each in µs. */
  connect: async (count: number) => {
    const times: number[] = [];
    for (let done = 0; done < count; done++) times.push(await timeConnect());
    return times;
  },
});

export interface Preparation {
  readonly contestant: ContestantName;
  readonly destination: Destination;
}

/** µs; the end of the connection is not part of it. */
async function timeConnect(): Promise<number> {
  if (connect === undefined) throw new Error("not prepared");
  const started = performance.now();
  const socket = await connect();
  const took = performance.now() - started;
  await reset(socket);
  return took * 1_000;
}

/** Ends a connection by RST: its port is free at once, where FIN would hold it for a minute. */
async function reset(socket: Socket): Promise<void> {
  const closed = once(socket, "close");
  socket.resetAndDestroy();
  await closed;
  // The server is not done with it yet, and would be in the way of the next connect.
  const quiet = performance.now() + SETTLING;
  while (performance.now() < quiet) await setImmediate();
}
