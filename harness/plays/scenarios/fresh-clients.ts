import { setTimeout } from "node:timers/promises";
import { dnsResolver } from "srv-dialer";
import { createRedis } from "srv-dialer/ioredis";
import type { Stage } from "../stage/stage.ts";

/** Milliseconds between two connections. */
const PACE = 200;

/** The replies of Redis to a wrong password. */
const REFUSED = /WRONGPASS|NOAUTH|NOPERM/;

/** Connects repeatedly with a password, like a task that has just started. */
export class FreshClients implements AsyncDisposable {
  /** The times of successful connections. */
  readonly served: number[] = [];
  /** The replies to refused connections. */
  readonly refused: string[] = [];
  readonly #stage: Stage;
  readonly #password: string;
  readonly #connecting: Promise<void>;
  #isEnding = false;

  constructor(stage: Stage, password: string) {
    this.#stage = stage;
    this.#password = password;
    this.#connecting = this.#connectAgainAndAgain();
  }

  /** Resolves once a connection that started after a time is served. */
  async servedAfter(time: number): Promise<void> {
    await this.#stage.until("a fresh connection is served", () =>
      this.served.some((at) => at > time),
    );
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isEnding = true;
    await this.#connecting;
  }

  async #connectAgainAndAgain(): Promise<void> {
    while (!this.#isEnding && !this.#stage.signal.aborted) {
      await this.#connect();
      await setTimeout(PACE);
    }
  }

  /** Ignores other failures, because Redis is away at times. */
  async #connect(): Promise<void> {
    const { setup, ecs } = this.#stage;
    const began = this.#stage.now();
    const redis = createRedis(
      `redis+srv://${setup.srvName}`,
      { password: this.#password, lazyConnect: true, retryStrategy: null, connectTimeout: 2_000 },
      { resolver: dnsResolver({ servers: [ecs.dnsServer] }) },
    );
    redis.on("error", (error) => this.#note(error));
    try {
      await redis.connect();
      await redis.ping();
      this.served.push(began);
    } catch (error) {
      this.#note(error);
    } finally {
      redis.disconnect();
    }
  }

  #note(error: unknown): void {
    const message = String(error);
    if (REFUSED.test(message)) this.refused.push(message);
  }
}
