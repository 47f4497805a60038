import { once } from "node:events";
import { setImmediate } from "node:timers/promises";
import { type Contestant, type Destination, contestants } from "./contestants.ts";
import { serve } from "./serve.ts";

export interface Retention {
  readonly contestant: "srv-dialer" | "net.connect";
  readonly destination: Destination;
  /** An SRV name whose target refuses connections. */
  readonly refused: string;
  readonly connects: number;
  readonly samples: number;
}

export interface Retained {
  /** Bytes after a full garbage collection: before the first connect, then at equal intervals. */
  readonly bytes: readonly number[];
  /** Open handles and requests before and after. */
  readonly resources: readonly [before: number, after: number];
}

/** Connects before the measurement, which compile the code and fill caches. */
const WARM_UP = 10_000;

serve({
  /** Connects many times, and returns the memory and handles that remain. Needs --expose-gc. */
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
 * One connect and its end. With srv-dialer, every tenth connect uses a new dialer with its own lookups, and the target
 * of every hundredth refuses.
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
        () => Promise.reject(new Error(`${refused} accepted a connection; expected a refusal`)),
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
  if (gc === undefined) throw new Error("--expose-gc is missing");
  // Weak references and finalizers need more than one collection.
  for (let collection = 0; collection < 4; collection++) {
    gc();
    await setImmediate();
  }
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

/** Open handles and requests after closed sockets are released. The parent's pipe is always open. */
async function resourcesLeft(): Promise<number> {
  for (let turn = 0; turn < 10; turn++) await setImmediate();
  return process.getActiveResourcesInfo().length;
}
