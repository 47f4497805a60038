import { execFile } from "node:child_process";
import { setTimeout } from "node:timers/promises";
import { promisify } from "node:util";
import { FAULTS, type LocalEcs } from "../../../ecs/index.ts";
import { faultText } from "../../../views/fault-text.ts";
import { UsageError } from "../../../../command-line/options.ts";
import { begin, FAULT_NAMES, faultTyped, repair, usageOf, wholeNumber } from "./fault-commands.ts";
import { containersOf, onlyProgram } from "../attach/run-socket.ts";
import { shellWords } from "./shell-words.ts";
import { hostOf, serviceOf, targetOf } from "./targets.ts";

type Run = Pick<
  LocalEcs,
  "services" | "hosts" | "faults" | "drainHost" | "activateHost" | "logFile" | "log" | "beside"
>;

export interface CommandContext {
  readonly ecs: Run;
  readonly signal: AbortSignal;
  readonly print: (text: string) => void;
  /** Starts to redeploy a service. Without a name: the user's services. */
  readonly redeploy: (service: string | undefined) => void;
  /** Evaluates the folder of Terraform again, and starts to deploy what has changed. */
  readonly apply: () => void;
  /** @param timeout ms after the last deployment */
  readonly untilStable: (timeout: number) => Promise<void>;
  readonly quit: () => void;
}

/** A command other than a fault. */
interface Command {
  readonly takes: string;
  readonly does: string;
  readonly run: (context: CommandContext, words: readonly string[]) => Promise<unknown> | void;
}

/** ms. A run with one host has no other. */
const MOVES_WITHIN = 120_000;
/** Seconds. */
const WAIT = [1, 3_600] as const;

const COMMANDS: Readonly<Record<string, Command>> = {
  resume: {
    takes: "[TARGET]",
    does: "ends freeze",
    run: ({ ecs }, words) => repair(ecs.faults, ecs, [FAULTS.freeze.command, ...words]),
  },
  repair: {
    takes: "[COMMAND [TARGET]]",
    does: "ends a fault; without a name: all faults",
    run: ({ ecs }, words) => repair(ecs.faults, ecs, words),
  },
  redeploy: {
    takes: "[SERVICE]",
    does: "starts new tasks of a service; without a name: of your services (short: d)",
    run: ({ ecs, redeploy }, [name]) =>
      redeploy(name === undefined ? undefined : serviceOf(name, ecs)),
  },
  apply: {
    takes: "",
    does: "with --terraform: evaluates the folder again, and deploys what has changed",
    run: ({ apply }) => apply(),
  },
  move: {
    takes: "SERVICE",
    does: "moves its tasks to other hosts: drains each of their hosts for as long as that takes",
    run: move,
  },
  exec: {
    takes: "TARGET COMMAND...",
    does: "runs a command in a container; a second terminal also opens a shell",
    run: execute,
  },
  logs: {
    takes: "TARGET",
    does: "shows what its containers have printed",
    run: async ({ ecs, print }, [name = ""]) => {
      for (const { task, container } of containersOf({ target: name, command: [] }, ecs)) {
        print(`\n  ${task.slice(0, 6)} ${container}\n${await ecs.log(task, container)}`);
      }
    },
  },
  drain: {
    takes: "HOST",
    does: "moves its tasks to other hosts",
    run: ({ ecs }, [name]) => ecs.drainHost(hostOf(name, ecs)),
  },
  activate: {
    takes: "HOST",
    does: "ends drain",
    run: ({ ecs }, [name]) => ecs.activateHost(hostOf(name, ecs)),
  },
  status: {
    takes: "",
    does: "shows hosts, services with their tasks, and active faults",
    run: ({ ecs, print }) => print(statusOf(ecs)),
  },
  stable: {
    takes: "[SECONDS]",
    does: "waits until every service is stable (default: up to 60 s)",
    run: ({ untilStable }, [seconds = "60"]) => untilStable(wholeNumber(seconds, WAIT) * 1_000),
  },
  wait: {
    takes: "SECONDS",
    does: "pauses before the next command",
    run: ({ signal }, [seconds = ""]) =>
      setTimeout(wholeNumber(seconds, WAIT) * 1_000, undefined, { signal }),
  },
  help: { takes: "", does: "shows this list", run: ({ print }) => print(HELP) },
  quit: { takes: "", does: "ends the run, like Ctrl-C", run: ({ quit }) => quit() },
};

/** Usage and description of each fault and command. */
const usages = (): readonly (readonly [usage: string, does: string])[] => [
  ...FAULT_NAMES.map(
    (name) => [`${FAULTS[name].command} ${usageOf(name)}`.trim(), FAULTS[name].does] as const,
  ),
  ...Object.entries(COMMANDS).map(
    ([name, { takes, does }]) => [`${name} ${takes}`.trim(), does] as const,
  ),
];

export const commandNames: readonly string[] = usages().map(([usage]) => usage.split(" ")[0] ?? "");

const HELP = [
  "",
  ...usages().map(([usage, does]) => `  ${usage.padEnd(24)} ${does}`),
  "",
  "  TARGET is a service, a container, SERVICE/CONTAINER, or the first 6 digits of a task's id.",
  "",
].join("\n");

/**
 * Runs one line. Resolves when the next line can run.
 * @throws UsageError that says what is allowed, HarnessError
 */
export async function runLine(line: string, context: CommandContext): Promise<void> {
  if (line.trimStart().startsWith("#")) return;
  const [name, ...words] = shellWords(line);
  if (name === undefined) return;
  const [fault, ...kind] = faultTyped(name) ?? [];
  const command = Object.hasOwn(COMMANDS, name === "d" ? "redeploy" : name)
    ? COMMANDS[name === "d" ? "redeploy" : name]
    : undefined;
  const takes = fault ? usageOf(fault) : (command?.takes ?? "");
  if (fault === undefined && command === undefined) {
    throw new UsageError(`unknown command "${name}"; allowed: ${commandNames.join(", ")}`);
  }
  const isOpen = takes.endsWith("...");
  const most = takes === "" ? 0 : isOpen ? Infinity : takes.split(" ").length - kind.length;
  if (words.length > most) {
    throw new UsageError(
      `${name}: unexpected argument "${words[most]}"; usage: ${`${name} ${takes}`.trim()}`,
    );
  }
  const { faults } = context.ecs;
  if (fault) await begin(fault, { faults, inventory: context.ecs, words: [...kind, ...words] });
  else await command?.run(context, words);
}

async function move({ ecs, untilStable }: CommandContext, [name]: readonly string[]) {
  const { tasks } = targetOf(name, ecs);
  const service = serviceOf(name, ecs);
  const running = tasks.filter(({ status }) => status === "RUNNING");
  const left = new Set(running.flatMap(({ host }) => host ?? []));
  if (left.size === 0) throw new UsageError(`no task of ${service} runs`);
  // One after the other: with all of them drained, no host would take a task.
  for (const host of left) {
    ecs.drainHost(host);
    try {
      await untilStable(MOVES_WITHIN);
    } finally {
      ecs.activateHost(host);
    }
  }
}

async function execute({ ecs, print, signal }: CommandContext, words: readonly string[]) {
  const [target = "", ...command] = words;
  if (command.length === 0) throw new UsageError("exec: a command is missing");
  const { argv, env, cwd } = onlyProgram(target, containersOf({ target, command }, ecs));
  // In a session of its own, a program of an image cannot type into this terminal (TIOCSTI).
  const { stdout, stderr, code } = await promisify(execFile)("/usr/bin/setsid", argv, {
    env,
    cwd,
    signal,
  }).then(
    (output) => ({ ...output, code: 0 }),
    (error: Error & { stdout?: string; stderr?: string; code?: unknown }) => ({
      stdout: error.stdout ?? "",
      stderr: error.stderr ?? error.message,
      code: error.code,
    }),
  );
  print(`${stdout}${stderr}${code === 0 ? "" : `  exit code ${String(code)}`}`.trimEnd());
}

function statusOf({ hosts, services, faults }: Run): string {
  const tasks = services.flatMap((service) =>
    service.tasks
      .filter(({ status }) => status !== "STOPPED")
      .map(({ id, status, health, host = "-", containers }) => {
        const names = containers.map((each) => each.name).join(", ");
        return `    ${id.slice(0, 6)} ${status} ${health} on ${host}: ${names}`;
      })
      .toSpliced(
        0,
        0,
        `  ${service.name}: ${service.runningCount} of ${service.desiredCount}${service.stable ? ", stable" : ""}`,
      ),
  );
  return [
    "",
    ...hosts.map(({ id, address, status }) => `  ${id} ${address} ${status}`),
    ...tasks,
    ...faults.active.map((fault) => `  fault: ${faultText(fault)}`),
    "",
  ].join("\n");
}
