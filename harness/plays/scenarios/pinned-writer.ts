import { Redis } from "ioredis";
import type { TaskState } from "../../ecs/index.ts";
import type { Stage } from "../stage/stage.ts";

/** Milliseconds between two writes. */
const INTERVAL = 50;

/** A client that keeps its connection to one server and writes, even after a move. */
export class PinnedWriter implements AsyncDisposable {
  acknowledged = 0;
  readonly #redis: Redis;
  readonly #timer: NodeJS.Timeout;

  constructor(stage: Stage, task: TaskState) {
    this.#redis = new Redis({
      host: task.address ?? "",
      port: stage.portOf(task),
      ...stage.credentials,
      retryStrategy: () => null,
    }).on("error", () => {});
    this.#timer = setInterval(() => this.#write(), INTERVAL);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    clearInterval(this.#timer);
    this.#redis.disconnect();
  }

  #write(): void {
    this.#redis.incr("pinned").then(
      () => (this.acknowledged += 1),
      // The connection has ended.
      () => clearInterval(this.#timer),
    );
  }
}
