import { type EcsEventOf, FAULTS } from "../ecs/index.ts";
import { short } from "./words.ts";

/**
 * The name of a fault's target: a task's service and id, with the container if it is one, or the name of a host or
 * service.
 */
export type NameOfTarget = (target: string) => string;

/** A fault with its target: `the network to dev-redis is cut`. */
export function faultText(
  { fault, target = "" }: Pick<EcsEventOf<"fault">, "fault" | "target">,
  nameOf: NameOfTarget = nameOfTask,
): string {
  return FAULTS[fault].says(nameOf(target));
}

/** Without a list of tasks, a task is recognized by its id: 32 hex digits. */
function nameOfTask(target: string): string {
  const [id = "", ...container] = target.split("/");
  return /^[0-9a-f]{32}$/.test(id) ? ["task", short(id), ...container].join(" ") : target;
}
