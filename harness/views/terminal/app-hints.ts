import pc from "picocolors";
import type { EcsEvent, EcsEventOf, LocalEcs, Plan, TargetState } from "../../ecs/index.ts";
import { healthHint, portHint } from "./health-hint.ts";

/** Milliseconds between two looks at the health checks. */
const LOOK_INTERVAL = 1_000;

/** Milliseconds between two hints about one service: its checks fail every few seconds. */
const HINT_INTERVAL = 15_000;

type Watched = Pick<LocalEcs, "targets" | "events" | "log">;

/** Says what an app must do that fails its health check, or that wants a port which another task has. */
export class AppHints {
  readonly #ecs: Watched;
  readonly #plan: Plan;
  readonly #say: (text: string) => void;
  readonly #timer: NodeJS.Timeout;
  /** When a service was last spoken of. */
  readonly #toldAt = new Map<string, number>();
  readonly #onEvent = (event: EcsEvent): void => {
    const isFailure = event.type === "container" && (event.exitCode ?? 0) > 0;
    if (isFailure) void this.#lookAtEnd(event, this.#targetOf(event));
  };

  constructor(ecs: Watched, plan: Plan, say: (text: string) => void) {
    this.#ecs = ecs;
    this.#plan = plan;
    this.#say = (text) => say(pc.yellow(text));
    this.#timer = setInterval(() => this.look(performance.now()), LOOK_INTERVAL).unref();
    ecs.events.on("event", this.#onEvent);
  }

  /** @param now ms, of any clock that only goes forward */
  look(now: number): void {
    for (const target of this.#ecs.targets) {
      const { service, state, failure } = target;
      if (state === "healthy") this.#toldAt.delete(service);
      if (failure === undefined || !["initial", "unhealthy"].includes(state)) continue;
      if (now - (this.#toldAt.get(service) ?? -Infinity) < HINT_INTERVAL) continue;
      this.#toldAt.set(service, now);
      this.#say(healthHint(target, this.#plan));
    }
  }

  /** Says no more. */
  close(): void {
    clearInterval(this.#timer);
    this.#ecs.events.off("event", this.#onEvent);
  }

  /** It is still registered when its container has just ended. */
  #targetOf({ taskId }: EcsEventOf<"container">): TargetState | undefined {
    return this.#ecs.targets.find((target) => target.taskId === taskId);
  }

  async #lookAtEnd(
    { taskId, container, service }: EcsEventOf<"container">,
    target: TargetState | undefined,
  ): Promise<void> {
    const log = await this.#ecs.log(taskId, container).catch(() => "");
    const hint = portHint({ service, taskId, listenPort: target?.listenPort }, log);
    if (hint !== undefined) this.#say(hint);
  }
}
