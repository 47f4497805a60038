import {
  CLOUD_MAP_API_FAULTS,
  DNS_FAULTS,
  FAULTS,
  type FaultName,
  type Faults,
} from "../../../ecs/index.ts";
import { SLOW_KEY_MICROS } from "../../../plays/faults/redis-faults.ts";
import { faultText } from "../../../views/fault-text.ts";
import { UsageError } from "../../../../command-line/options.ts";
import { until } from "../../../plays/stage/until.ts";
import {
  faultTargets,
  hostOf,
  type Inventory,
  serviceOf,
  type Target,
  targetOf,
} from "./targets.ts";

/** The input of a fault command: the run and the words after the command's name. */
interface Typed {
  readonly faults: Faults;
  readonly inventory: Inventory;
  readonly words: readonly string[];
}

/** The command of a fault. */
export interface FaultCommand {
  /** The arguments, for the help text. */
  readonly takes: string;
  readonly does: string;
  readonly begin: (typed: Typed) => Promise<unknown> | void;
}

const SIGNALS = [
  "SIGKILL",
  "SIGTERM",
  "SIGINT",
  "SIGQUIT",
  "SIGHUP",
  "SIGABRT",
  "SIGSEGV",
  "SIGUSR1",
  "SIGUSR2",
] as const;

/** Milliseconds. A killed process ends sooner, unless the machine stalls. */
const GONE_WITHIN = 5_000;

/** Waits until the killed processes have ended. Until then the service still counts as stable. */
async function gone(
  before: readonly number[],
  target: Target,
  inventory: Inventory,
): Promise<void> {
  const isGone = (): boolean => {
    const now = pidsOf(target, inventory);
    return before.every((pid) => !now.includes(pid));
  };
  await until("the killed processes have ended", isGone, { timeout: GONE_WITHIN });
}

function pidsOf({ tasks, container }: Target, { services }: Inventory): number[] {
  const ids = new Set(tasks.map(({ id }) => id));
  return services
    .flatMap((service) => service.tasks.filter(({ id }) => ids.has(id)))
    .flatMap(({ containers }) => containers)
    .filter(({ name }) => container === undefined || name === container)
    .flatMap(({ pid }) => pid ?? []);
}

const KINDS = (kinds: readonly string[]): string => kinds.join("|");

export const FAULT_COMMANDS: Readonly<Record<FaultName, FaultCommand>> = {
  kill: {
    takes: "TARGET [SIGNAL]",
    does: "sends SIGNAL to its processes (default: SIGKILL)",
    begin: ({ faults, inventory, words: [name, given = "SIGKILL"] }) => {
      const signal = oneOf(given, SIGNALS);
      const target = targetOf(name, inventory);
      const before = pidsOf(target, inventory);
      for (const each of faultTargets(target)) faults.kill(each, signal);
      return signal === "SIGKILL" ? gone(before, target, inventory) : undefined;
    },
  },
  freeze: {
    takes: "TARGET",
    does: "freezes its processes until resume",
    begin: ({ faults, inventory, words: [name] }) => {
      for (const each of faultTargets(targetOf(name, inventory))) faults.freeze(each);
    },
  },
  partition: {
    takes: "SERVICE|TASK",
    does: "drops all packets to and from its ports",
    begin: ({ faults, inventory, words: [name] }) => {
      const target = targetOf(name, inventory);
      const [task] = target.tasks;
      return target.isTask && task
        ? faults.partition(task.id, true)
        : faults.partition(serviceOf(name, inventory), true);
    },
  },
  slowStorage: {
    takes: "[MICROSECONDS]",
    does: `each Redis that starts needs that much longer for a key, ${SLOW_KEY_MICROS} by default`,
    begin: ({ faults, words: [micros = String(SLOW_KEY_MICROS)] }) => {
      faults.slowStorage({ keyLoadDelayMicros: wholeNumber(micros, [1, 1_000_000]) });
    },
  },
  diskFull: {
    takes: "SERVICE",
    does: "its volumes are full",
    begin: ({ faults, inventory, words: [name] }) =>
      faults.diskFull(serviceOf(name, inventory), true),
  },
  mountFails: {
    takes: "",
    does: "new tasks cannot mount EFS",
    begin: ({ faults }) => faults.mountFails(true),
  },
  loseHost: {
    takes: "HOST",
    does: "the host and its tasks stop answering; ECS replaces them",
    begin: ({ faults, inventory, words: [name] }) => faults.loseHost(hostOf(name, inventory)),
  },
  overlap: {
    takes: "",
    does: "ECS starts a replacement before the old task ends",
    begin: ({ faults }) => faults.overlap(true),
  },
  reusePort: {
    takes: "SERVICE",
    does: "another program takes the next port that one of its tasks frees",
    begin: ({ faults, inventory, words: [name] }) => {
      // It resolves only when a task has freed its port, so it is not awaited.
      faults.reusePort(serviceOf(name, inventory), true).catch(() => {});
    },
  },
  dns: {
    takes: KINDS(DNS_FAULTS),
    does: "makes the VPC's resolver fail",
    begin: ({ faults, words: [kind] }) => faults.dns(oneOf(kind, DNS_FAULTS)),
  },
  records: {
    takes: "",
    does: "Cloud Map shows no instance",
    begin: ({ faults }) => faults.records("gone"),
  },
  cloudMapApi: {
    takes: KINDS(CLOUD_MAP_API_FAULTS),
    does: "makes DiscoverInstances fail",
    begin: ({ faults, words: [kind] }) => faults.cloudMapApi(oneOf(kind, CLOUD_MAP_API_FAULTS)),
  },
};

const NAMES = Object.keys(FAULT_COMMANDS) as FaultName[];

export const faultTyped = (command: string): FaultName | undefined =>
  NAMES.find((name) => FAULTS[name].command === command);

/** Ends faults: all, all of one command, or those of one target. @throws UsageError with the active faults */
export async function repair(
  faults: Faults,
  inventory: Inventory,
  [command, name]: readonly string[],
): Promise<void> {
  if (command === undefined) return faults.clear();
  const lasting = faults.active.filter(
    ({ fault, target }) =>
      FAULTS[fault].command === command &&
      (name === undefined || isNamed(target ?? "", name, inventory)),
  );
  for (const { fault, target } of lasting) await faults.end(fault, target);
  if (lasting.length > 0) return;
  const what = [command, ...(name === undefined ? [] : [name])].join(" ");
  const all = faults.active.map((each) => `${FAULTS[each.fault].command} (${faultText(each)})`);
  throw new UsageError(`"${what}" is not an active fault; active: ${all.join(", ") || "nothing"}`);
}

/** Whether a fault's target has this name, or is a task or container of it. */
function isNamed(target: string, name: string, inventory: Inventory): boolean {
  if (target === name) return true;
  const { services } = inventory;
  if (!services.some((service) => service.tasks.some(({ id }) => target.startsWith(id)))) {
    return false;
  }
  const names = faultTargets(targetOf(name, inventory));
  return names.some((each) => target === each || target.startsWith(`${each}/`));
}

/** @throws UsageError naming what is allowed */
function oneOf<Name extends string>(given: string | undefined, allowed: readonly Name[]): Name {
  const found = allowed.find((each) => each === given);
  if (found !== undefined) return found;
  throw new UsageError(
    `${given === undefined ? "an argument is missing" : `"${given}" is not known`}; allowed: ${allowed.join(", ")}`,
  );
}

/** @throws UsageError saying what is allowed */
export function wholeNumber(text: string, [least, most]: readonly [number, number]): number {
  const value = Number(text);
  if (/^\d+$/.test(text) && value >= least && value <= most) return value;
  throw new UsageError(
    `"${text}" is not allowed; allowed: a whole number from ${least} to ${most}`,
  );
}
