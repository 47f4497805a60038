import type { EcsEvent, EcsEventOf } from "../../ecs/index.ts";
import { type Change, type Span, spansOf } from "./spans.ts";

/** The observed phase of a task. */
export type TaskPhase = "starting" | "running" | "healthy" | "unhealthy" | "stopping";

/** The words for each phase of a task. */
export const PHASES: Readonly<Record<TaskPhase, string>> = {
  starting: "starting",
  running: "not yet healthy",
  healthy: "healthy",
  unhealthy: "unhealthy",
  stopping: "stopping",
};

export interface TaskBar {
  readonly id: string;
  readonly service: string;
  /** Undefined for a task that was not placed. */
  readonly host: string | undefined;
  readonly from: number;
  readonly to: number;
  readonly phases: readonly Span<TaskPhase>[];
  /** The stop reason of ECS. */
  readonly reason: string | undefined;
  /** `redis 137`: ended containers with their exit codes. */
  readonly exits: readonly string[];
}

/** The tasks in events, in order of start. Running tasks are drawn until `end`. */
export function taskBars(events: readonly EcsEvent[], end: number): TaskBar[] {
  const tasks = new Map<string, TaskLife>();
  for (const event of events) {
    if (!("taskId" in event) || event.type === "call") continue;
    const life = tasks.get(event.taskId) ?? new TaskLife(event.taskId, event.service);
    tasks.set(event.taskId, life);
    life.note(event);
  }
  return [...tasks.values()].map((life) => life.bar(end)).filter(({ phases }) => phases.length > 0);
}

type TaskNews = EcsEventOf<"task"> | EcsEventOf<"container"> | EcsEventOf<"health" | "target">;

class TaskLife {
  readonly #id: string;
  readonly #service: string;
  readonly #changes: Change<TaskPhase>[] = [];
  readonly #health = new Map<string, string>();
  readonly #exits: string[] = [];
  #status: EcsEventOf<"task">["to"] = "PROVISIONING";
  #host: string | undefined;
  #reason: string | undefined;

  constructor(id: string, service: string) {
    this.#id = id;
    this.#service = service;
  }

  note(event: TaskNews): void {
    switch (event.type) {
      case "task":
        this.#status = event.to;
        this.#host = event.host ?? this.#host;
        this.#reason = event.reason ?? this.#reason;
        break;
      case "container":
        if (event.exitCode !== undefined) this.#exits.push(`${event.container} ${event.exitCode}`);
        break;
      case "health":
        this.#health.set(`container ${event.container}`, event.health.toLowerCase());
        break;
      case "target":
        this.#health.set(`target ${event.targetGroup}`, event.state);
        break;
    }
    this.#changes.push({ at: event.at, state: this.#phase() });
  }

  bar(end: number): TaskBar {
    const phases = spansOf(this.#changes, end);
    return {
      id: this.#id,
      service: this.#service,
      host: this.#host,
      from: phases[0]?.from ?? end,
      to: phases.at(-1)?.to ?? end,
      phases,
      reason: this.#reason,
      exits: this.#exits,
    };
  }

  /** The worst health of the container checks and the load balancer. */
  #phase(): TaskPhase | undefined {
    switch (this.#status) {
      case "PROVISIONING":
      case "PENDING":
        return "starting";
      case "RUNNING": {
        const verdicts = [...this.#health.values()];
        if (verdicts.includes("unhealthy")) return "unhealthy";
        return verdicts.includes("healthy") ? "healthy" : "running";
      }
      case "DEACTIVATING":
      case "STOPPING":
        return "stopping";
      case "STOPPED":
        return undefined;
    }
  }
}
