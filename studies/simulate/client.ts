import type { Socket } from "node:net";
import { Dialer } from "../../runtime/src/dialer/dialer.ts";
import type { Settings } from "../../runtime/src/base/settings.ts";
import type { VirtualClock } from "./virtual-clock.ts";

/** ioredis's default `connectTimeout` in ms, the deadline of each dial. */
const CONNECT_TIMEOUT = 10_000;
/** ms until the next dial, as `createRedis` sets it. */
const RETRY_DELAY = 110;

export interface ClientOptions {
  readonly clock: VirtualClock;
  readonly settings: Settings;
  readonly onReady: () => void;
}

/**
 * A process with one client of ioredis. The dialer and its check of Redis are real; the loop imitates ioredis: after a
 * failed or closed connection it waits for the delay of its retryStrategy and connects again.
 */
export class Client {
  readonly #options: ClientOptions;
  readonly #dialer: Dialer;

  constructor(options: ClientOptions) {
    this.#options = options;
    this.#dialer = new Dialer(options.settings);
  }

  connect(): void {
    this.#dialer.connect({ timeout: CONNECT_TIMEOUT }).then(
      (socket) => this.#shakeHands(socket),
      () => this.#retry(),
    );
  }

  #shakeHands(socket: Socket): void {
    // It may have closed in the turn in which the dialer returned it.
    if (socket.destroyed) return this.#retry();
    socket.on("error", () => {}).once("close", () => this.#retry());
    socket.once("readable", this.#options.onReady);
    socket.write("HELLO");
  }

  #retry(): void {
    this.#options.clock.setTimeout(() => this.connect(), RETRY_DELAY);
  }
}
