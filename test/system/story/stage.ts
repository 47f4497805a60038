import { createRedis } from "srv-dialer/ioredis";
import { dnsResolver } from "srv-dialer";
import type { EcsEvent } from "../../harness/events.ts";
import type { LocalEcs } from "../../harness/local-ecs.ts";
import type { ServiceState, TaskState } from "../../harness/state.ts";
import { type Load, isServed } from "../load.ts";
import { APP_SERVICE, REDIS_SERVICE, SRV_NAME } from "../local-environment.ts";
import { until } from "../until.ts";
import type { Report } from "./report.ts";

const now = (): number => performance.timeOrigin + performance.now();

/** What a step of the story plays on: the running environment, its users, and what was seen. */
export class Stage {
  readonly ecs: LocalEcs;
  readonly load: Load;
  readonly report: Report;
  readonly signal: AbortSignal;
  readonly #events: EcsEvent[] = [];

  constructor(parts: { ecs: LocalEcs; load: Load; report: Report; signal: AbortSignal }) {
    this.ecs = parts.ecs;
    this.load = parts.load;
    this.report = parts.report;
    this.signal = parts.signal;
    this.ecs.events.on("event", (event) => this.#events.push(event));
  }

  now(): number {
    return now();
  }

  eventsSince(time: number): EcsEvent[] {
    return this.#events.filter(({ at }) => at >= time);
  }

  /** Processes of a service that were started since a time. */
  startsSince(time: number, service: string): number {
    return this.eventsSince(time).filter(
      (event) =>
        event.type === "container" && event.service === service && event.status === "RUNNING",
    ).length;
  }

  get redisTask(): TaskState {
    return runningTask(this.#service(REDIS_SERVICE));
  }

  get appTasks(): TaskState[] {
    return this.#service(APP_SERVICE).tasks.filter(({ status }) => status === "RUNNING");
  }

  until<T>(what: string, condition: () => T | Promise<T>, timeout = 30_000) {
    return until(what, condition, { timeout, signal: this.signal });
  }

  /** The time at which a Redis other than the given task became healthy. */
  untilRedisHealthy(previous: string, timeout = 30_000): Promise<number> {
    return this.until(
      "a new Redis is healthy",
      () => {
        const healthy = this.#service(REDIS_SERVICE).tasks.find(
          (task) =>
            task.id !== previous && task.status === "RUNNING" && task.healthyAt !== undefined,
        );
        return healthy?.healthyAt;
      },
      timeout,
    );
  }

  /** The time at which the first request sent after a moment was served. */
  untilServedAfter(time: number): Promise<number> {
    return this.until(
      "a request is served",
      () => this.load.between(time).find((outcome) => isServed(outcome))?.endedAt,
    );
  }

  /** A client of Redis as the app has one, for looking at the data. */
  redis() {
    return createRedis(
      `redis+srv://${SRV_NAME}`,
      { password: this.ecs.secret(`${REDIS_SERVICE}-password`) },
      { resolver: dnsResolver({ servers: [this.ecs.dnsServer] }) },
    );
  }

  #service(name: string): ServiceState {
    const service = this.ecs.services.find((candidate) => candidate.name === name);
    if (service === undefined) throw new Error(`there is no service ${name}`);
    return service;
  }
}

function runningTask({ name, tasks }: ServiceState): TaskState {
  const task = tasks.find(({ status }) => status === "RUNNING");
  if (task === undefined) throw new Error(`no task of ${name} is running`);
  return task;
}

/** `host address:port` of a task's first port. */
export function whereIs({ address, containers }: TaskState): string {
  return `${address}:${containers[0]?.ports[0]?.hostPort}`;
}
