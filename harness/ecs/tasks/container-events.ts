import type { ContainerEvent, EcsEvents } from "../base/events.ts";
import type { Container } from "./container.ts";

/** Publishes each change of a task's containers once, as the host's agent reports it. */
export class ContainerEvents {
  readonly #events: EcsEvents;
  readonly #task: Pick<ContainerEvent, "service" | "taskId" | "isOnly">;
  /** The last reported state. */
  readonly #reported = new Map<Container, Reported>();

  constructor(events: EcsEvents, task: Pick<ContainerEvent, "service" | "taskId" | "isOnly">) {
    this.#events = events;
    this.#task = task;
  }

  report(container: Container): void {
    const { plan, status, health, restarts, exitCode, reason } = container;
    const { pid } = container.state();
    const before = this.#reported.get(container) ?? UNREPORTED;
    this.#reported.set(container, { status, health, restarts });
    const common = { type: "container", ...this.#task, container: plan.name } as const;
    if (restarts !== before.restarts) {
      const { exitCode: code, reason: why } = container.lastExit ?? {};
      const ended = { pid: undefined, exitCode: code, reason: why };
      this.#events.publish({ ...common, status: "STOPPED", ...ended });
      this.#events.publish({ ...common, status: "RUNNING", pid, exitCode: undefined });
    }
    if (status !== "PENDING" && status !== before.status) {
      this.#events.publish({ ...common, status, pid, exitCode, reason });
    }
    if (health !== before.health) {
      const failure = health === "UNHEALTHY" ? container.healthFailure : undefined;
      this.#events.publish({ ...common, type: "health", health, failure });
    }
  }
}

type Reported = Pick<Container, "status" | "health" | "restarts">;

const UNREPORTED: Reported = { status: "PENDING", health: "UNKNOWN", restarts: 0 };
