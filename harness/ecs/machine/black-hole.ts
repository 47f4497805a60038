import { connect, type Socket } from "node:net";
import { once } from "node:events";
import { setTimeout as delay } from "node:timers/promises";
import { Worker } from "node:worker_threads";
import { HarnessError } from "../base/errors.ts";

const PROGRAM = new URL("black-hole-worker.mjs", import.meta.url);

/** Number of connections that the kernel accepts for a listener with a backlog of one. After that it drops SYNs. */
const QUEUE = 2;

/** Milliseconds. On an idle machine a thread starts within 50 ms. */
const ANSWER_TIMEOUT = 15_000;

/** Milliseconds to wait for a place in the queue. After that, clients must have filled it. */
const FILL_TIMEOUT = 1000;

/** An address and a port. */
export interface Endpoint {
  readonly address: string;
  readonly port: number;
}

/**
 * An endpoint that does not answer: a connect is neither accepted nor refused, as behind a cut network. It
 * needs no privileges: a listener accepts nothing, its queue is filled, and the kernel drops further connects
 * (tcp(7), `tcp_abort_on_overflow` off).
 */
export class BlackHole {
  readonly #worker: Worker;
  readonly #endpoint: Endpoint;
  #fillers: Socket[] = [];

  private constructor(endpoint: Endpoint) {
    this.#endpoint = endpoint;
    this.#worker = new Worker(PROGRAM, { workerData: endpoint, execArgv: [] });
    // `#answer` reports it.
    this.#worker.on("error", () => {});
  }

  /** Starts its thread. It does not listen yet. @throws HarnessError ERR_PLATFORM if that fails */
  static async prepare(endpoint: Endpoint): Promise<BlackHole> {
    const hole = new BlackHole(endpoint);
    try {
      await hole.#answer();
      return hole;
    } catch (error) {
      await hole.close();
      throw error;
    }
  }

  /**
   * Listens, and does not answer from now on.
   * @throws HarnessError ERR_PLATFORM if another process listens on the endpoint; the black hole is then closed
   */
  async open(): Promise<void> {
    try {
      // oxlint-disable-next-line unicorn/require-post-message-target-origin -- between threads there is none
      this.#worker.postMessage("listen");
      const { error } = await this.#answer();
      if (error !== undefined) throw new HarnessError("ERR_PLATFORM", error);
      await this.#fill();
    } catch (error) {
      await this.close();
      throw error;
    }
  }

  /** Stops listening and resets the connections in its queue. Can be called again. */
  async close(): Promise<void> {
    for (const filler of this.#fillers) filler.destroy();
    await this.#worker.terminate();
  }

  async #fill(): Promise<void> {
    const { address, port } = this.#endpoint;
    this.#fillers = Array.from({ length: QUEUE }, () => connect(port, address));
    for (const filler of this.#fillers) filler.on("error", () => {}).unref();
    const full = delay(FILL_TIMEOUT, undefined, { ref: false });
    // The last filler may never get a place, if a client was faster.
    await Promise.race([full, ...this.#fillers.map((filler) => once(filler, "connect"))]);
  }

  /** Resolves with the next message of the thread. */
  #answer(): Promise<{ readonly error?: string }> {
    const worker = this.#worker;
    return new Promise((resolve, reject) => {
      const finish = (settle: () => void): void => {
        clearTimeout(timer);
        worker.off("message", answered).off("error", failed).off("exit", ended);
        settle();
      };
      const fail = (why: string, cause?: unknown): void => {
        const { address, port } = this.#endpoint;
        const message = `black hole at ${address}:${port}: ${why}`;
        finish(() => reject(new HarnessError("ERR_PLATFORM", message, { cause })));
      };
      const answered = (said: { readonly error?: string }): void => finish(() => resolve(said));
      const failed = (error: Error): void => fail(error.message, error);
      const ended = (): void => fail("its thread has ended");
      const late = (): void => fail(`its thread did not answer within ${ANSWER_TIMEOUT} ms`);
      const timer = setTimeout(late, ANSWER_TIMEOUT);
      worker.once("message", answered).once("error", failed).once("exit", ended);
    });
  }
}
