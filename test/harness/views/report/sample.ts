import type { EcsEvent } from "../../../../harness/ecs/index.ts";
import type {
  Expectation,
  RecordedRequest,
  Recording,
} from "../../../../harness/plays/stage/recording.ts";

/** When the samples were recorded: 2026-01-02 03:04 UTC. */
export const BEGAN = Date.UTC(2026, 0, 2, 3, 4);

const at = (seconds: number): number => BEGAN + seconds * 1_000;

/** A task id with 32 hexadecimal digits, as in ECS. */
export const taskId = (digit: string): string => digit.repeat(32);

type Fields = EcsEvent extends infer Event
  ? Event extends EcsEvent
    ? Omit<Event, "at">
    : never
  : never;

/** An event, in seconds after the start. */
export const event = (seconds: number, fields: Fields): EcsEvent => ({
  ...fields,
  at: at(seconds),
});

/** The events of a task: its start, health and end, in seconds. */
export function lifeOf(
  { id, service, host }: { readonly id: string; readonly service: string; readonly host: string },
  {
    starts,
    healthy,
    stops,
  }: { readonly starts: number; readonly healthy: number; readonly stops: number },
): EcsEvent[] {
  const task = { type: "task", service, taskId: id, deploymentId: "d1", host } as const;
  const container = { service, taskId: id, container: "main", isOnly: true } as const;
  const reason = "Essential container in task exited";
  return [
    event(starts, { ...task, from: undefined, to: "PENDING", reason: undefined }),
    event(starts + 0.5, { ...task, from: "PENDING", to: "RUNNING", reason: undefined }),
    event(healthy, { type: "health", ...container, health: "HEALTHY", failure: undefined }),
    event(stops, { ...task, from: "RUNNING", to: "STOPPING", reason }),
    event(stops + 0.5, {
      type: "container",
      ...container,
      status: "STOPPED",
      pid: undefined,
      exitCode: 137,
    }),
    event(stops + 0.5, { ...task, from: "STOPPING", to: "STOPPED", reason }),
  ];
}

/** A request every 100 ms. Those sent within `failing`, in seconds, fail. */
export function requestsOf(
  seconds: number,
  failing: readonly [from: number, to: number],
): RecordedRequest[] {
  return Array.from({ length: seconds * 10 }, (_, index) => {
    const sent = index / 10;
    const fails = sent >= failing[0] && sent < failing[1];
    return { sentAt: at(sent), endedAt: at(sent) + 5, status: fails ? 503 : 200 };
  });
}

/** A recording of ten seconds in which Redis is killed and comes back. */
export function sampleRecording(changes: Partial<Recording> = {}): Recording {
  const redis = { service: "dev-redis", host: "host-1" };
  const record = { type: "record", name: "dev-redis.dev-ecs", address: "127.9.9.1" } as const;
  const first = { ...record, instanceId: taskId("a"), port: 32_768 } as const;
  const second = { ...record, instanceId: taskId("b"), port: 32_769 } as const;
  return {
    scenario: "after",
    title: "The new setup",
    environment: "dev",
    seed: 7,
    startedAt: BEGAN,
    endedAt: at(10),
    steps: [
      { title: "first deploy", at: at(0) },
      {
        title: "Redis is killed",
        at: at(4),
        impact: { sent: 60, failed: 20, away: 2_005, redisStarts: 1 },
      },
    ],
    events: [
      ...lifeOf({ ...redis, id: taskId("a") }, { starts: 0, healthy: 2, stops: 4 }),
      ...lifeOf({ ...redis, id: taskId("b") }, { starts: 5, healthy: 7, stops: 99 }).slice(0, 3),
      event(0.5, { ...first, action: "registered", healthy: false }),
      event(2, { ...first, action: "health", healthy: true }),
      event(4, { ...first, action: "deregistered", healthy: true }),
      event(5.5, { ...second, action: "registered", healthy: false }),
      event(8, { type: "host", host: "host-2", status: "DRAINING" }),
    ].toSorted((a, b) => a.at - b.at),
    requests: requestsOf(10, [4, 6]),
    figures: [{ step: "Redis is killed", name: "app away for its users", value: "1.50 s" }],
    expectations: [held("Redis is killed", "Redis started once")],
    faults: [{ at: at(4), until: at(4), name: "kill", target: taskId("a") }],
    ...changes,
  };
}

/** A container process: `[task, container, start, end, exit code]`, in seconds. */
type Process = readonly [digit: string, string, starts: number, ends: number, exitCode: number];

/** The events of processes. A process with an end after 9 s has not ended. */
function processesOf(service: string, processes: readonly Process[]): EcsEvent[] {
  return processes
    .flatMap(([digit, container, starts, ends, exitCode]) => {
      const task = { service, taskId: taskId(digit), isOnly: false } as const;
      const own = { type: "container", ...task, container } as const;
      const begun = { ...own, status: "RUNNING", pid: 99, exitCode: undefined } as const;
      const ended = { ...own, status: "STOPPED", pid: undefined, exitCode } as const;
      return [event(starts, begun), ...(ends > 9 ? [] : [event(ends, ended)])];
    })
    .toSorted((a, b) => a.at - b.at);
}

/** The same ten seconds with app and Redis in one task that is restarted while Redis loads. */
export function sampleBefore(changes: Partial<Recording> = {}): Recording {
  const app = { service: "before-app", host: "host-1" };
  const { steps } = sampleRecording();
  return sampleRecording({
    scenario: "before",
    title: "The old setup",
    environment: "before",
    startedAt: BEGAN - 20_000,
    steps: steps.map((step) =>
      step.impact
        ? { ...step, impact: { sent: 60, failed: 57, away: 5_705, redisStarts: 2 } }
        : step,
    ),
    events: [
      ...lifeOf({ ...app, id: taskId("c") }, { starts: 0, healthy: 2, stops: 4 }),
      ...lifeOf({ ...app, id: taskId("d") }, { starts: 5, healthy: 99, stops: 7 }).filter(
        ({ type }) => type === "task",
      ),
      ...lifeOf({ ...app, id: taskId("e") }, { starts: 8, healthy: 99, stops: 99 }).slice(0, 2),
      ...processesOf("before-app", [
        ["c", "redis", 0.5, 4, 137],
        ["c", "app", 0.5, 4, 0],
        ["d", "redis", 5.5, 7, 0],
        ["d", "app", 5.5, 6.5, 1],
        ["e", "redis", 8.5, 99, 0],
        ["e", "app", 8.5, 99, 0],
      ]),
    ].toSorted((a, b) => a.at - b.at),
    requests: requestsOf(10, [4, 9.7]),
    figures: [{ step: "Redis is killed", name: "app away for its users", value: "5.70 s" }],
    expectations: [
      held("first deploy", "app serves"),
      { ...held("Redis is killed", "the task is restarted again and again"), isFlaw: true },
      { ...held("Redis is killed", "users notice it"), isFlaw: true },
    ],
    faults: [{ at: at(4), name: "slowStorage" }],
    ...changes,
  });
}

export const held = (step: string, claim: string): Expectation => ({
  step,
  claim,
  held: true,
  seen: "1",
});
