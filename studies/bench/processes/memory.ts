import { once } from "node:events";
import { setImmediate } from "node:timers/promises";
import { type Contestant, type Destination, contestants } from "./contestants.ts";
import { serve } from "./serve.ts";

export interface Retention {
  readonly contestant: "srv-dialer" | "net.connect";
  readonly destination: Destination;
  /** An SRV name whose target refuses. */
  readonly refused: string;
  readonly connects: number;
  readonly samples: number;
}

export interface Retained {
  /** Bytes after a full garbage collection: before the first connect, then at equal distances. */
  readonly bytes: readonly number[];
  /** Open handles and requests before and after. */
  readonly resources: readonly [before: number, after: number];
}

/** Connects that compile the code, and fill what is filled once. */
const WARM_UP = 10_000;

serve({
  /** Connects many times, and tells what is left of it. The process runs with --expose-gc. */
  retain: async (given: Retention): Promise<Retained> => {
    const step = stepOf(given);
    const perSample = Math.ceil(given.connects / given.samples);
    for (let done = 0; done < WARM_UP; done++) await step(done);
    const before = await resourcesLeft();
    const bytes = [await bytesLeft()];
    for (let done = 0; done < given.connects; done++) {
      await step(done);
      if ((done + 1) % perSample === 0) bytes.push(await bytesLeft());
    }
    return { bytes, resources: [before, await resourcesLeft()] };
  },
});

type Step = (index: number) => Promise<void>;

/**
 * One connect and its end. Of srv-dialer's every tenth is made by a dialer of its own, with its own
 * lookups, and every hundredth leads to a target that refuses.
 */
function stepOf({ contestant, destination, refused }: Retention): Step {
  if (contestant === "net.connect") {
    const connect = contestants["net.connect"](destination);
    return () => connectOnce(connect);
  }
  const warm = contestants["srv-dialer, warm"](destination);
  const cold = contestants["srv-dialer, cold"](destination);
  const failing = contestants["srv-dialer, warm"]({ ...destination, name: refused });
  return async (index) => {
    if (index % 100 === 0) {
      await failing().then(
        () => Promise.reject(new Error(`${refused} was expected to refuse`)),
        () => {},
      );
    } else await connectOnce(index % 10 === 0 ? cold : warm);
  };
}

async function connectOnce(connect: Contestant): Promise<void> {
  const socket = await connect();
  const closed = once(socket, "close");
  socket.resetAndDestroy();
  await closed;
}

async function bytesLeft(): Promise<number> {
  const { gc } = globalThis;
  if (gc === undefined) throw new Error("needs --expose-gc");
  // Weak references and finalizers take more than one collection.
  for (let collection = 0; collection < 4; collection++) {
    gc();
    await setImmediate();
  }
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

/** What is open once closed sockets are gone; those of the parent's pipe always are. */
async function resourcesLeft(): Promise<number> {
  for (let turn = 0; turn < 10; turn++) await setImmediate();
  return process.getActiveResourcesInfo().length;
}
