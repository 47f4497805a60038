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
  /** Connects several times in sequence. @returns the µs of each */
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

/** @returns µs, without the end of the connection */
async function timeConnect(): Promise<number> {
  if (connect === undefined) throw new Error("not prepared");
  const started = performance.now();
  const socket = await connect();
  const took = performance.now() - started;
  await reset(socket);
  return took * 1_000;
}

/** Ends a connection by RST, which frees its port at once; FIN would block it for a minute. */
async function reset(socket: Socket): Promise<void> {
  const closed = once(socket, "close");
  socket.resetAndDestroy();
  await closed;
  // The server is still closing it, which would slow down the next connect.
  const quiet = performance.now() + SETTLING;
  while (performance.now() < quiet) await setImmediate();
}
