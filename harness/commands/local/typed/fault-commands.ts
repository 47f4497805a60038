import { constants } from "node:os";
import {
  type FaultEntry,
  type FaultName,
  type Faults,
  FAULTS,
  type Takes,
} from "../../../ecs/index.ts";
import { SLOW_KEY_MICROS } from "../../../ecs/base/fault-primitives.ts";
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

const SIGNALS = Object.keys(constants.signals) as NodeJS.Signals[];

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

/** The arguments of a fault's method, for each call. */
const ARGUMENTS: Readonly<
  Record<Exclude<Takes, "TARGET [SIGNAL]" | "[MICROSECONDS]">, (typed: Typed) => unknown[][]>
> = {
  TARGET: ({ inventory, words: [name] }) =>
    faultTargets(targetOf(name, inventory)).map((each) => [each]),
  SERVICE: ({ inventory, words: [name] }) => [[serviceOf(name, inventory), true]],
  "SERVICE|TASK": ({ inventory, words: [name] }) => {
    const { isTask, tasks } = targetOf(name, inventory);
    return [[(isTask && tasks[0]?.id) || serviceOf(name, inventory), true]];
  },
  HOST: ({ inventory, words: [name] }) => [[hostOf(name, inventory)]],
};

/** Faults whose command does more than a call with its arguments. */
const OWN: Partial<Readonly<Record<FaultName, (typed: Typed) => Promise<unknown> | void>>> = {
  kill: ({ faults, inventory, words: [name, given = "SIGKILL"] }) => {
    const signal = oneOf(given, SIGNALS);
    const target = targetOf(name, inventory);
    const before = pidsOf(target, inventory);
    for (const each of faultTargets(target)) faults.kill(each, signal);
    return signal === "SIGKILL" ? gone(before, target, inventory) : undefined;
  },
  slowStorage: ({ faults, words: [micros = String(SLOW_KEY_MICROS)] }) => {
    faults.slowStorage({ keyLoadDelayMicros: wholeNumber(micros, [1, 1_000_000]) });
  },
  reusePort: ({ faults, inventory, words: [name] }) => {
    // It resolves only when a task has freed its port, so it is not awaited.
    faults.reusePort(serviceOf(name, inventory), true).catch(() => {});
  },
};

const entryOf = (name: FaultName): FaultEntry => FAULTS[name];

/** The arguments of a fault's command, for the help text. */
export function usageOf(name: FaultName): string {
  const { takes = "", kinds = [] } = entryOf(name);
  return kinds.length === 0 ? takes : kinds.length === 1 ? `[${kinds[0]}]` : kinds.join("|");
}

/** Begins a fault. */
export async function begin(name: FaultName, typed: Typed): Promise<void> {
  const { takes, kinds } = entryOf(name);
  const own = OWN[name];
  if (own) return void (await own(typed));
  const [word = kinds?.length === 1 ? kinds[0] : undefined] = typed.words;
  const calls = kinds
    ? [[oneOf(word, kinds)]]
    : takes === undefined
      ? [[true]]
      : ARGUMENTS[takes as keyof typeof ARGUMENTS](typed);
  const method: (...args: never[]) => unknown = typed.faults[name];
  for (const args of calls) await Reflect.apply(method, typed.faults, args);
}

export const FAULT_NAMES = Object.keys(FAULTS) as FaultName[];

/** The fault of a command, with its kind if the command's name has it: `dns-down`. */
export function faultTyped(
  command: string,
): readonly [name: FaultName, ...kind: string[]] | undefined {
  for (const name of FAULT_NAMES) {
    const { command: own, aliases = [], kinds = [] } = entryOf(name);
    if ([own, ...aliases].includes(command)) return [name];
    const kind = kinds.find((each) => command === `${own}-${each}`);
    if (kind !== undefined) return [name, kind];
  }
  return undefined;
}

/** Ends faults: all, all of one command, or those of one target. @throws UsageError with the active faults */
export async function repair(
  faults: Faults,
  inventory: Inventory,
  [command, name]: readonly string[],
): Promise<void> {
  if (command === undefined) return faults.clear();
  const [typed, kind] = faultTyped(command) ?? [];
  const lasting = faults.active.filter(
    ({ fault, target = kind }) =>
      fault === typed &&
      (kind === undefined || target === kind) &&
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
