import { connect, type Socket } from "node:net";
import { once } from "node:events";
import { Worker } from "node:worker_threads";
import { HarnessError } from "../errors.ts";

const PROGRAM = new URL("black-hole-worker.mjs", import.meta.url);

/** What the kernel accepts for a listener with a backlog of one before it drops SYNs. */
const QUEUE = 2;

/** Where a port is, or is to be. */
export interface Endpoint {
  readonly address: string;
  readonly port: number;
}

/**
 * An endpoint that swallows everything: a connect gets no answer, neither an acceptance nor a refusal,
 * as behind a cut network. No privileges are needed for it: a listener that accepts nothing has its
 * queue filled, and the kernel drops what follows (tcp(7), `tcp_abort_on_overflow` off).
 */
export class BlackHole {
  readonly #worker: Worker;
  readonly #wake: Int32Array;
  readonly #endpoint: Endpoint;
  #fillers: Socket[] = [];

  private constructor(worker: Worker, wake: Int32Array, endpoint: Endpoint) {
    this.#worker = worker;
    this.#wake = wake;
    this.#endpoint = endpoint;
  }

  /** Gets ready; nothing listens yet. */
  static async prepare(endpoint: Endpoint): Promise<BlackHole> {
    const wake = new Int32Array(new SharedArrayBuffer(4));
    const worker = new Worker(PROGRAM, { workerData: { ...endpoint, wake }, execArgv: [] });
    await once(worker, "message");
    return new BlackHole(worker, wake, endpoint);
  }

  /** Swallows from now on. @throws HarnessError ERR_PLATFORM when somebody else listens there */
  async open(): Promise<void> {
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- between threads there is none
    this.#worker.postMessage("listen");
    const [said] = (await once(this.#worker, "message")) as [{ error?: string }];
    if (said.error !== undefined) throw new HarnessError("ERR_PLATFORM", said.error);
    const { address, port } = this.#endpoint;
    this.#fillers = Array.from({ length: QUEUE }, () => connect(port, address));
    for (const filler of this.#fillers) filler.on("error", () => {}).unref();
    // The last of them may wait for a place for ever: a client was quicker.
    await Promise.race(this.#fillers.map((filler) => once(filler, "connect")));
  }

  /** Nobody listens any more; what was swallowed is reset. */
  async close(): Promise<void> {
    const ended = once(this.#worker, "exit");
    for (const filler of this.#fillers) filler.destroy();
    Atomics.store(this.#wake, 0, 1);
    Atomics.notify(this.#wake, 0);
    // One that never listened is not woken by that.
    if (this.#fillers.length === 0) void this.#worker.terminate();
    await ended;
  }
}
