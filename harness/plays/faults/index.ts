import { type FaultEntry, FAULTS } from "../../ecs/base/fault-primitives.ts";
import { appFaults } from "./app-faults.ts";
import type { Fault } from "./fault.ts";
import { namingFaults } from "./naming-faults.ts";
import { redisFaults } from "./redis-faults.ts";
import { lifecycleFaults } from "./redis-lifecycle-faults.ts";

/** All faults, in the order of the table. */
export const faults: readonly Fault[] = [
  ...appFaults,
  ...redisFaults,
  ...lifecycleFaults,
  ...namingFaults,
];

export const faultNames: readonly string[] = faults.map(({ name }) => name);

const NAMES: ReadonlyMap<string, string> = new Map([
  ...Object.values<FaultEntry>(FAULTS).flatMap(({ command, aliases = [], kinds: [kind] = [] }) =>
    aliases.map((alias) => [alias, kind === undefined ? command : `${command}-${kind}`] as const),
  ),
  ...faults.flatMap(({ name, aliases = [] }) => aliases.map((alias) => [alias, name] as const)),
]);

/** The name of a fault that may have its earlier name. */
export const currentName = (name: string): string => NAMES.get(name) ?? name;

/** @throws an error for a name of no fault */
export function faultOf(name: string): Fault {
  const found = faults.find((fault) => fault.name === currentName(name));
  if (found) return found;
  throw new Error(`unknown fault ${name}; allowed: ${faultNames.join(", ")}`);
}
