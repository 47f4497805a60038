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

/** What a fault needs: the run, and what was typed after its name. */
interface Typed {
  readonly faults: Faults;
  readonly inventory: Inventory;
  readonly words: readonly string[];
}

/** A fault as it is typed. */
export interface FaultCommand {
  /** What follows its name. */
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

/** Milliseconds in which a killed process is gone, unless the machine stalls. */
const GONE_WITHIN = 5_000;

/** Waits until killed processes are gone: until then the service would count as stable. */
async function gone(
  before: readonly number[],
  target: Target,
  inventory: Inventory,
): Promise<void> {
  const isGone = (): boolean => {
    const now = pidsOf(target, inventory);
    return before.every((pid) => !now.includes(pid));
  };
  await until("the killed processes are gone", isGone, { timeout: GONE_WITHIN });
}

/** The processes that a target has now. */
function pidsOf({ tasks, container }: Target, { services }: Inventory): number[] {
  const ids = new Set(tasks.map(({ id }) => id));
  return services
    .flatMap((service) => service.tasks.filter(({ id }) => ids.has(id)))
    .flatMap(({ containers }) => containers)
    .filter(({ name }) => container === undefined || name === container)
    .flatMap(({ pid }) => pid ?? []);
}

const KINDS = (kinds: readonly string[]): string => kinds.join("|");

/** Every fault of the local ECS. */
export const FAULT_COMMANDS: Readonly<Record<FaultName, FaultCommand>> = {
  kill: {
    takes: "TARGET [SIGNAL]",
    does: "ends its processes, with SIGKILL unless another signal is given",
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
    does: "its processes stand still until it is resumed",
    begin: ({ faults, inventory, words: [name] }) => {
      for (const each of faultTargets(targetOf(name, inventory))) faults.freeze(each);
    },
  },
  partition: {
    takes: "SERVICE|TASK",
    does: "nothing passes to or from its ports, and nothing is refused",
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
    does: "no file in its volumes can grow",
    begin: ({ faults, inventory, words: [name] }) =>
      faults.diskFull(serviceOf(name, inventory), true),
  },
  mountFails: {
    takes: "",
    does: "tasks that start cannot mount EFS",
    begin: ({ faults }) => faults.mountFails(true),
  },
  loseHost: {
    takes: "HOST",
    does: "the host and its tasks fall silent; ECS replaces them",
    begin: ({ faults, inventory, words: [name] }) => faults.loseHost(hostOf(name, inventory)),
  },
  overlap: {
    takes: "",
    does: "ECS starts a replacement before the old task has ended",
    begin: ({ faults }) => faults.overlap(true),
  },
  reusePort: {
    takes: "SERVICE",
    does: "another program gets the port that a task of it leaves next",
    begin: ({ faults, inventory, words: [name] }) => {
      // It resolves when a task has left its port: that is not waited for.
      faults.reusePort(serviceOf(name, inventory), true).catch(() => {});
    },
  },
  dns: {
    takes: KINDS(DNS_FAULTS),
    does: "how the VPC's resolver fails",
    begin: ({ faults, words: [kind] }) => faults.dns(oneOf(kind, DNS_FAULTS)),
  },
  records: {
    takes: "",
    does: "Cloud Map shows no instance",
    begin: ({ faults }) => faults.records("gone"),
  },
  cloudMapApi: {
    takes: KINDS(CLOUD_MAP_API_FAULTS),
    does: "how DiscoverInstances fails",
    begin: ({ faults, words: [kind] }) => faults.cloudMapApi(oneOf(kind, CLOUD_MAP_API_FAULTS)),
  },
};

const NAMES = Object.keys(FAULT_COMMANDS) as FaultName[];

/** The fault that is typed so. */
export const faultTyped = (command: string): FaultName | undefined =>
  NAMES.find((name) => FAULTS[name].command === command);

/** Ends a fault: all of them, all of one command, or one target's. @throws UsageError naming those that last */
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
  throw new UsageError(`"${what}" does not last; what lasts: ${all.join(", ") || "nothing"}`);
}

/** Whether a fault's target is what is named, or a task or a container of it. */
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
    `${given === undefined ? "a word is missing" : `"${given}" is not known`}; allowed are: ${allowed.join(", ")}`,
  );
}

/** @throws UsageError saying what is allowed */
export function wholeNumber(text: string, [least, most]: readonly [number, number]): number {
  const value = Number(text);
  if (/^\d+$/.test(text) && value >= least && value <= most) return value;
  throw new UsageError(
    `"${text}" is not allowed; allowed is a whole number from ${least} to ${most}`,
  );
}
