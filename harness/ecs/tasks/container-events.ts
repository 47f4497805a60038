import type { EcsEvents } from "../base/events.ts";
import type { Container } from "./container.ts";

/** Publishes each change of a task's containers once, as their host's agent reports it. */
export class ContainerEvents {
  readonly #events: EcsEvents;
  readonly #task: { readonly service: string; readonly taskId: string };
  /** The status and health reported last. */
  readonly #reported = new Map<Container, string>();

  constructor(events: EcsEvents, service: string, taskId: string) {
    this.#events = events;
    this.#task = { service, taskId };
  }

  report(container: Container): void {
    const { plan, status, health, exitCode } = container;
    const common = { ...this.#task, container: plan.name };
    const before = this.#reported.get(container);
    this.#reported.set(container, `${status} ${health}`);
    if (status !== "PENDING" && !before?.startsWith(status)) {
      const { pid } = container.state();
      this.#events.publish({ type: "container", ...common, status, pid, exitCode });
    }
    if (health !== "UNKNOWN" && !before?.endsWith(` ${health}`)) {
      this.#events.publish({ type: "health", ...common, health });
    }
  }
}
