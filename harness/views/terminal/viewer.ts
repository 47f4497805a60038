import { createLogUpdate } from "log-update";
import type { Writable } from "node:stream";
import { stripVTControlCharacters } from "node:util";
import pc from "picocolors";
import type { EcsEvent, EcsEventOf, LocalEcs } from "../../ecs/index.ts";
import type { Load } from "../../plays/stage/load.ts";
import type { Scenario } from "../../plays/scenarios/scenario.ts";
import type { Viewer } from "../../plays/stage/stage.ts";
import { ContainerLogs } from "./container-log.ts";
import { eventLine } from "../event-line.ts";
import { faultText, type NameOfTarget } from "../fault-text.ts";
import { short } from "../words.ts";
import { renderFrame } from "./frame.ts";
import { columnsOf, wrapped } from "./wrap.ts";

/** Milliseconds between two frames. */
const FRAME_INTERVAL = 150;

/** How many lines are kept for the frame, which shows the last ones. */
const MOST_LINES = 100;

/** The width before an event's text: its time and two spaces. */
const INDENT = 10;

/** A viewer that can be closed. */
export interface View extends Viewer {
  close(): void;
}

/**
 * A view with one line per event, for logs and CI.
 * @param follows whether to show a container's output, by its image
 */
export function plainView(out: Writable, follows?: (image: string) => boolean): View {
  let logs: ContainerLogs | undefined;
  const began = performance.now();
  const say = (line: string): void => {
    const at = ((performance.now() - began) / 1_000).toFixed(1).padStart(5);
    out.write(`${at}s  ${line}\n`);
  };
  return {
    onStep: (title) => say(pc.bold(`▸ ${title}`)),
    onOpen: (ecs) => {
      const opened = new ContainerLogs(ecs, follows, (line) => say(`  ${pc.dim(line)}`));
      logs = opened;
      ecs.events.on("event", (event) => {
        // The output is printed before the end event.
        const isLogged = event.type === "container" && opened.hear(event);
        const line = eventLine(event, nameIn(ecs));
        if (line !== undefined) say(`  ${wrapped(line, columnsOf(out) - INDENT, INDENT + 2)}`);
        if (event.type === "container" && !isLogged && isFailure(event.exitCode)) {
          void lastWords(ecs, event).then((words) => words && say(pc.red(`    ${words}`)));
        }
      });
    },
    close: () => logs?.end(),
  };
}

/**
 * A view for terminals that is redrawn several times per second.
 * @param follows whether to show a container's output, by its image
 */
export function liveView(
  out: Writable,
  { steps, title }: Pick<Scenario, "title" | "steps">,
  follows?: (image: string) => boolean,
): View {
  const draw = createLogUpdate(out, { showCursor: true });
  const began = performance.now();
  const observed = new Observed();
  const titles = steps.map((each) => each.title);
  let step: string | undefined = titles[0];
  let ecs: LocalEcs | undefined;
  let logs: ContainerLogs | undefined;
  let load: Load | undefined;

  const show = (): void => {
    if (ecs === undefined) return;
    const elapsed = performance.now() - began;
    draw(
      renderFrame({
        title,
        steps: titles,
        step,
        elapsed,
        ecs,
        load,
        records: observed.records,
        faults: [...observed.faults],
        events: observed.lines,
        now: performance.timeOrigin + performance.now(),
        columns: columnsOf(out),
      }),
    );
  };
  const timer = setInterval(show, FRAME_INTERVAL);

  return {
    onOpen: (opened) => {
      ecs = opened;
      const nameOf = nameIn(opened);
      logs = new ContainerLogs(opened, follows, (line) => observed.add(line));
      ecs.events.on("event", (event) => {
        if (event.type === "container") logs?.hear(event);
        observed.note(event, nameOf);
      });
    },
    onStep: (begun) => (step = begun),
    onLoad: (running) => (load = running),
    // The last frame shows the environment before it is closed.
    onEnd: () => {
      step = undefined;
      clearInterval(timer);
      show();
    },
    close: () => {
      clearInterval(timer);
      logs?.end();
      draw.done();
    },
  };
}

/** Whether a container failed: neither a clean end nor a signal. */
function isFailure(exitCode: number | undefined): boolean {
  return exitCode !== undefined && exitCode > 0 && exitCode < 128;
}

/** The last lines of a container's output, joined. */
async function lastWords(ecs: LocalEcs, event: EcsEventOf<"container">): Promise<string> {
  const log = await ecs.log(event.taskId, event.container).catch(() => "");
  return log.trim().split("\n").slice(-8).join(" | ");
}

/** Names a task by its service and id. Other names are unchanged. */
function nameIn(ecs: LocalEcs): NameOfTarget {
  return (target) => {
    const tasks = ecs.services.flatMap((service) => service.tasks);
    const [id = "", ...container] = target.split("/");
    const task = tasks.find((each) => each.id === id);
    return task === undefined ? target : [task.service, short(id), ...container].join(" ");
  };
}

/** The observed events of the local ECS. */
class Observed {
  readonly lines: string[] = [];
  readonly faults = new Set<string>();
  readonly #records = new Map<string, Map<string, string>>();

  /** The current endpoints in DNS, by name. */
  get records(): ReadonlyMap<string, readonly string[]> {
    return new Map([...this.#records].map(([name, byId]) => [name, [...byId.values()]]));
  }

  /** The frame cuts lines by their characters, so they have no colours. */
  add(line: string): void {
    this.lines.push(stripVTControlCharacters(line));
    if (this.lines.length > MOST_LINES) this.lines.shift();
  }

  note(event: EcsEvent, nameOf: NameOfTarget): void {
    const line = eventLine(event, nameOf);
    if (line !== undefined) this.add(line);
    if (event.type === "record") this.#noteRecord(event);
    if (event.type === "fault") {
      this.faults[event.active ? "add" : "delete"](faultText(event, nameOf));
    }
  }

  #noteRecord({ name, instanceId, action, address, port }: EcsEventOf<"record">): void {
    const byId = this.#records.get(name) ?? new Map<string, string>();
    if (action === "deregistered") byId.delete(instanceId);
    else byId.set(instanceId, `${address}:${port}`);
    this.#records.set(name, byId);
  }
}
