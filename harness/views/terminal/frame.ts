import { stripVTControlCharacters } from "node:util";
import pc from "picocolors";
import type { HostState, LocalEcs, TargetState, TaskState } from "../../ecs/index.ts";
import { type Load, isServed } from "../../plays/stage/load.ts";

/** The content of a frame of the live view. */
export interface Frame {
  readonly title: string;
  readonly steps: readonly string[];
  /** The current step. Undefined: all are done. */
  readonly step: string | undefined;
  readonly elapsed: number;
  readonly ecs: Pick<LocalEcs, "hosts" | "services" | "targets">;
  readonly load: Pick<Load, "outcomes"> | undefined;
  /** The current DNS records: `name → endpoints`. */
  readonly records: ReadonlyMap<string, readonly string[]>;
  readonly faults: readonly string[];
  readonly events: readonly string[];
  /** Milliseconds since the epoch. */
  readonly now: number;
  readonly columns: number;
}

const TIMELINE_SECONDS = 40;
/** The width before a host's tasks. */
const HOST_WIDTH = 25;
/** The maximum width before the timeline. */
const COUNTS_WIDTH = 40;

export function renderFrame(frame: Frame): string {
  const { hosts, services, targets } = frame.ecs;
  const tasks = services
    .flatMap((service) => service.tasks)
    .map((task) => ({ task, targets: targets.filter(({ taskId }) => taskId === task.id) }));
  return [
    "",
    ...wrapped(
      [pc.bold(frame.title), ...renderSteps(frame), pc.dim(clock(frame.elapsed))],
      frame.columns,
      pc.dim(" · "),
    ),
    "",
    ...hosts.flatMap((host) => renderHost(host, tasks, frame.columns)),
    ...wrapped(["", ...TASK_LEGEND], frame.columns, "  ").map((line) => pc.dim(line)),
    "",
    ...renderRecords(frame.records),
    ...frame.faults.map((fault) => `  ${pc.red(`⚡ ${fault}`)}`),
    renderRequests(frame),
    ...wrapped(["", ...REQUEST_LEGEND], frame.columns, "  ").map((line) => pc.dim(line)),
    "",
    ...frame.events.slice(-6).map((line) => pc.dim(cut(`  ${line}`, frame.columns))),
    "",
  ].join("\n");
}

function renderSteps({ steps, step }: Frame): string[] {
  const current = step === undefined ? steps.length : steps.indexOf(step);
  return steps.map((title, index) => {
    if (index < current) return pc.green(`✓ ${title}`);
    return index === current ? pc.cyan(pc.bold(`▸ ${title}`)) : pc.dim(title);
  });
}

/** Cuts a line to the terminal's width, so that each event has one line. */
function cut(line: string, columns: number): string {
  return line.length <= columns ? line : `${line.slice(0, columns - 1)}…`;
}

/** Joins parts into lines without splitting a part. */
function wrapped(parts: readonly string[], columns: number, between: string): string[] {
  const lines: string[] = [];
  for (const part of parts) {
    const longer = [...lines.slice(-1), part].join(between);
    const fits = stripVTControlCharacters(longer).length <= columns;
    if (fits) lines.splice(-1, 1, longer);
    else lines.push(part);
  }
  return lines;
}

function renderHost(host: HostState, tasks: readonly ShownTask[], columns: number): string[] {
  const { id, address, status, tasks: ids } = host;
  const here = ids
    .map((taskId) => tasks.find(({ task }) => task.id === taskId))
    .filter((shown) => shown !== undefined)
    .map(renderTask);
  const state = status === "ACTIVE" ? [] : [pc.yellow(status)];
  const [first = "", ...others] = wrapped([...state, ...here], columns - HOST_WIDTH, "  ");
  return [
    `  ${pc.bold(id.padEnd(8))} ${pc.dim(address.padEnd(13))} ${first}`,
    ...others.map((line) => `${" ".repeat(HOST_WIDTH)}${line}`),
  ];
}

/** A task with its targets. */
interface ShownTask {
  readonly task: TaskState;
  readonly targets: readonly TargetState[];
}

const TASK_LEGEND = ["● healthy", "○ no verdict yet", "✗ unhealthy", "◌ starting or stopping"];

function renderTask({ task, targets }: ShownTask): string {
  const { service, status, containers } = task;
  const port = containers[0]?.ports[0]?.hostPort;
  const label = `${service}${port === undefined ? "" : `:${port}`}`;
  if (status !== "RUNNING") return pc.yellow(`◌ ${label} ${status.toLowerCase()}`);
  const health = healthOf(task, targets);
  if (health === "UNHEALTHY") return pc.red(`✗ ${label} unhealthy`);
  return health === "HEALTHY" ? pc.green(`● ${label}`) : `○ ${label}`;
}

/** The health of the targets and the container checks. A task is unhealthy if either is. */
function healthOf({ health }: TaskState, targets: readonly TargetState[]): TaskState["health"] {
  const states = targets.map(({ state }) => state);
  if (health === "UNHEALTHY" || states.includes("unhealthy")) return "UNHEALTHY";
  if (states.length === 0) return health;
  return states.every((state) => state === "healthy") ? "HEALTHY" : "UNKNOWN";
}

function renderRecords(records: ReadonlyMap<string, readonly string[]>): string[] {
  return [...records].map(([name, endpoints]) => {
    const where = endpoints.length === 0 ? pc.red("no records") : endpoints.join(", ");
    return `  ${pc.bold("SRV")} ${name} → ${where}`;
  });
}

function renderRequests({ load, now, columns }: Frame): string {
  if (load === undefined) return pc.dim("  no requests yet");
  const served = load.outcomes.filter((outcome) => isServed(outcome)).length;
  const failed = load.outcomes.length - served;
  const counts = `${pc.green(`${served} served`)}  ${failed > 0 ? pc.red(`${failed} failed`) : "0 failed"}`;
  return `  ${pc.bold("requests")} ${counts}  ${timeline(load, now, Math.min(TIMELINE_SECONDS, columns - COUNTS_WIDTH))}`;
}

/** The marks of the timeline. They differ in shape, because not everyone sees colours. */
const MARKS = { served: "█", some: "▄", failed: "x", none: "·" };

const REQUEST_LEGEND = [
  "each second:",
  `${MARKS.served} all served`,
  `${MARKS.some} some failed`,
  `${MARKS.failed} all failed`,
  `${MARKS.none} none sent`,
];

/** One mark per second, newest last. */
function timeline({ outcomes }: Pick<Load, "outcomes">, now: number, seconds: number): string {
  const buckets = Array.from({ length: Math.max(0, seconds) }, () => ({ served: 0, failed: 0 }));
  for (const outcome of outcomes) {
    const age = Math.floor((now - outcome.endedAt) / 1_000);
    const bucket = buckets[seconds - 1 - age];
    if (bucket !== undefined) bucket[isServed(outcome) ? "served" : "failed"]++;
  }
  return buckets
    .map(({ served, failed }) => {
      if (served + failed === 0) return pc.dim(MARKS.none);
      if (failed === 0) return pc.green(MARKS.served);
      return served === 0 ? pc.red(MARKS.failed) : pc.yellow(MARKS.some);
    })
    .join("");
}

function clock(milliseconds: number): string {
  const total = Math.floor(milliseconds / 1_000);
  return `${Math.floor(total / 60)}:${String(total % 60).padStart(2, "0")}`;
}
