import pc from "picocolors";
import type { EcsEvent, EcsEventOf, LocalEcs, Plan, TargetState } from "../../ecs/index.ts";
import { wrapped } from "./wrap.ts";
import { endHint, healthHint, portHint } from "./health-hint.ts";

/** Milliseconds between two samples of the health checks. */
const CHECK_INTERVAL = 1_000;

/** Milliseconds between two hints about the ends of a service's tasks. */
const HINT_INTERVAL = 15_000;

type Watched = Pick<LocalEcs, "targets" | "events" | "log">;

/** A larger exit code means a signal, which ECS has sent. */
const LARGEST_EXIT_CODE = 127;

const isFailing = ({ state, failure }: TargetState): boolean =>
  failure !== undefined && ["initial", "unhealthy"].includes(state);

/** Prints advice for an app that fails its health check, needs a taken port, or ends. */
export class AppHints {
  readonly #ecs: Watched;
  readonly #plan: Plan;
  readonly #say: (text: string) => void;
  readonly #timer: NodeJS.Timeout;
  /** The failures of a service's checks for which a hint was given. */
  readonly #hinted = new Map<string, Set<string>>();
  /** The end of the task in the last hint about a service, in milliseconds since the epoch. */
  readonly #endedAt = new Map<string, number>();
  #last: string | undefined;
  readonly #onEvent = (event: EcsEvent): void => {
    if (event.type !== "container") return;
    const { exitCode = 0 } = event;
    const isFailure = exitCode > 0 && exitCode <= LARGEST_EXIT_CODE;
    if (isFailure) void this.#hintAtEnd(event, exitCode, this.#targetOf(event));
  };

  /** @param columns of the terminal */
  constructor(ecs: Watched, plan: Plan, say: (text: string) => void, columns = Infinity) {
    this.#ecs = ecs;
    this.#plan = plan;
    this.#say = (text) => {
      const lines = text.split("\n");
      this.#last = lines[0]?.trim();
      say(pc.yellow(lines.map((line) => wrapped(line, columns, 4)).join("\n")));
    };
    this.#timer = setInterval(() => this.check(), CHECK_INTERVAL).unref();
    ecs.events.on("event", this.#onEvent);
  }

  /** Resets the hints at the start of a deploy. */
  forget(): void {
    this.#hinted.clear();
    this.#endedAt.clear();
    this.#last = undefined;
  }

  /** The last hint, on one line. */
  get last(): string | undefined {
    return this.#last;
  }

  check(): void {
    const failing = this.#ecs.targets.filter(isFailing);
    for (const { service, state } of this.#ecs.targets) {
      // During a deploy, old tasks may be healthy while a new one fails.
      const isWell = state === "healthy" && !failing.some((other) => other.service === service);
      if (isWell) this.#hinted.delete(service);
    }
    for (const target of failing) {
      const { service, failure = "" } = target;
      const kind = failure.replace(/(?<=ECONNREFUSED).*/, "");
      const hinted = this.#hinted.get(service) ?? new Set<string>();
      if (hinted.has(kind)) continue;
      this.#hinted.set(service, hinted.add(kind));
      this.#say(healthHint(target, this.#plan));
    }
  }

  /** Stops the hints. */
  close(): void {
    clearInterval(this.#timer);
    this.#hinted.clear();
    this.#ecs.events.off("event", this.#onEvent);
  }

  /** The target is still registered just after the container's end. */
  #targetOf({ taskId }: EcsEventOf<"container">): TargetState | undefined {
    return this.#ecs.targets.find((target) => target.taskId === taskId);
  }

  /** Prints the hint once for tasks that end in quick succession. */
  async #hintAtEnd(
    { taskId, container, service, at }: EcsEventOf<"container">,
    exitCode: number,
    target: TargetState | undefined,
  ): Promise<void> {
    if (at - (this.#endedAt.get(service) ?? -Infinity) < HINT_INTERVAL) return;
    this.#endedAt.set(service, at);
    const log = await this.#ecs.log(taskId, container).catch(() => "");
    const task = { service, taskId };
    this.#say(portHint(task, target, log) ?? endHint(task, exitCode, log, this.#plan));
  }
}
