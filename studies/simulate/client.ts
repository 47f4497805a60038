import type { Socket } from "node:net";
import { Dialer } from "../../runtime/src/dial/dialer.ts";
import type { Settings } from "../../runtime/src/dial/options.ts";
import { verifyRedis } from "../../runtime/src/redis/verify.ts";
import type { VirtualClock } from "./virtual-clock.ts";

/** ioredis's own `connectTimeout`, in ms: the deadline of each dial. */
const CONNECT_TIMEOUT = 10_000;

export interface ClientOptions {
  readonly clock: VirtualClock;
  readonly settings: Settings;
  /** ms until the next attempt, by the number of those that have failed in a row */
  readonly retry: (times: number) => number;
  readonly onReady: () => void;
}

/**
 * A process with one client of ioredis. The dialer and its check of Redis are the real ones; the loop is
 * what ioredis does: when a connection ends or fails it waits as its retryStrategy says, and connects
 * again. It counts from the start once Redis has answered the handshake.
 */
export class Client {
  readonly #options: ClientOptions;
  readonly #dialer: Dialer;
  #failures = 0;

  constructor(options: ClientOptions) {
    this.#options = options;
    this.#dialer = new Dialer(options.settings, verifyRedis);
  }

  connect(): void {
    this.#dialer.connect({ timeout: CONNECT_TIMEOUT }).then(
      (socket) => this.#shakeHands(socket),
      () => this.#retry(),
    );
  }

  /** Dials once, and ends the connection. */
  async dial(): Promise<void> {
    (await this.#dialer.connect({ timeout: CONNECT_TIMEOUT })).destroy();
  }

  /** Dials that have ended. */
  get dials(): number {
    const { connects, failures } = this.#dialer.stats();
    return connects + failures;
  }

  #shakeHands(socket: Socket): void {
    // It may have ended in the turn in which it was handed over.
    if (socket.destroyed) return this.#retry();
    socket.on("error", () => {}).once("close", () => this.#retry());
    socket.once("readable", () => {
      this.#failures = 0;
      this.#options.onReady();
    });
    socket.write("HELLO");
  }

  #retry(): void {
    const { clock, retry } = this.#options;
    clock.setTimeout(() => this.connect(), retry(++this.#failures));
  }
}
