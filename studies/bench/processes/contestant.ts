import { channel } from "node:diagnostics_channel";
import { once } from "node:events";
import type { Socket } from "node:net";
import { setImmediate, setTimeout as sleep } from "node:timers/promises";
import { type Contestant, type Destination, contestants } from "../contestants.ts";

// Three ways to measure a contestant.

/** ms between two connects. The server is still closing the last one, which would slow down the next. */
const SETTLING = 0.2;

let connect: Contestant;

export function prepare(name: keyof typeof contestants, destination: Destination): void {
  connect = contestants[name](destination);
}

/** Connects several times in sequence. @returns the µs of each, without the end of the connection */
export async function timesOf(count: number): Promise<number[]> {
  const times: number[] = [];
  while (times.length < count) {
    const started = performance.now();
    const socket = await connect();
    times.push((performance.now() - started) * 1_000);
    await reset(socket);
    const settled = performance.now() + SETTLING;
    while (performance.now() < settled) await setImmediate();
  }
  return times;
}

/**
 * Dials every `interval` ms. The dials may overlap.
 * @returns how many waited for DNS, and the ms that all took: more than expected if the machine is too slow
 */
export async function dialAtPace(count: number, interval: number) {
  // TCP connections that this process has started.
  let begun = 0;
  channel("net.client.socket").subscribe(() => void begun++);
  let waited = 0;
  const ends: Promise<void>[] = [];
  /**
   * A dial waits for DNS if it starts no connection in the same turn of the event loop, because an answer can only
   * arrive in a later turn. It does not depend on time, so a garbage collection or another process does not count.
   */
  const dial = async (): Promise<void> => {
    const before = begun;
    const end = connect().then(reset);
    // It is awaited some turns later.
    end.catch(() => {});
    ends.push(end);
    // After all promise callbacks, and before the event loop handles I/O.
    await new Promise<void>((resolve) => queueMicrotask(() => process.nextTick(resolve)));
    if (begun === before) waited++;
  };
  await dial();
  await ends[0];
  const start = performance.now();
  for (let done = 1; done < count; done++) {
    const early = start + done * interval - performance.now();
    // Even if late, give the event loop a turn, so that it reads answers.
    await (early > 0 ? sleep(early) : setImmediate());
    await dial();
  }
  const took = performance.now() - start;
  await Promise.all(ends);
  return { waited, took };
}

/**
 * Connects many times with srv-dialer: every tenth time with a new dialer, every hundredth time to a target that refuses.
 * @returns the bytes that remain before the first connect, then at equal intervals; and the handles that remain
 */
export async function retain(destination: Destination, refused: string, connects: number) {
  const warm = contestants["srv-dialer, warm"](destination);
  const cold = contestants["srv-dialer, cold"](destination);
  const failing = contestants["srv-dialer, warm"]({ ...destination, name: refused });
  const step = async (index: number): Promise<void> => {
    if (index % 100 !== 0) return reset(await (index % 10 === 0 ? cold : warm)());
    const socket = await failing().catch(() => undefined);
    if (socket) throw new Error(`${refused} accepted a connection; expected a refusal`);
  };
  // These compile the code and fill caches.
  for (let done = 0; done < 10_000; done++) await step(done);
  const before = await handlesLeft();
  const bytes = [await bytesLeft()];
  for (let done = 0; done < connects; done++) {
    await step(done);
    if ((done + 1) % (connects / 10) === 0) bytes.push(await bytesLeft());
  }
  return { bytes, opened: (await handlesLeft()) - before };
}

/** Ends a connection by RST, which frees its port at once; FIN would block it for a minute. */
async function reset(socket: Socket): Promise<void> {
  const closed = once(socket, "close");
  socket.resetAndDestroy();
  await closed;
}

/** After a full garbage collection. */
async function bytesLeft(): Promise<number> {
  // Weak references and finalizers need more than one.
  for (let collection = 0; collection < 4; collection++) {
    globalThis.gc?.();
    await setImmediate();
  }
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

/** Open handles and requests after closed sockets are released. The parent's pipe is always open. */
async function handlesLeft(): Promise<number> {
  for (let turn = 0; turn < 10; turn++) await setImmediate();
  return process.getActiveResourcesInfo().length;
}
