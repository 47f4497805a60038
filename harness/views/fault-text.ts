import type { DnsFaultKind, EcsEventOf, FaultName } from "../ecs/index.ts";
import { short } from "./words.ts";

/**
 * The name of a fault's target: a task's service and id, with the container if it is one, or the name of a host or
 * service.
 */
export type NameOfTarget = (target: string) => string;

const DNS: Readonly<Record<DnsFaultKind, string>> = {
  down: "DNS is down",
  slow: "DNS is slow",
  servfail: "DNS answers SERVFAIL",
  nxdomain: "DNS denies the name (NXDOMAIN)",
  wrong: "DNS sends replies that do not match",
  truncated: "DNS truncates its UDP replies",
  stale: "DNS keeps the old records",
};

/** The sentence for each fault. `it` is the target. */
const SENTENCES: Readonly<Record<FaultName, (it: string) => string>> = {
  kill: (it) => `${it} is killed`,
  freeze: (it) => `${it} is frozen`,
  slowStorage: () => "storage is slow",
  mountFails: () => "EFS cannot be mounted",
  loseHost: (it) => `${it} is lost`,
  dns: (it) => new Map<string, string>(Object.entries(DNS)).get(it) ?? `DNS fails with ${it}`,
  records: () => "Cloud Map shows no instance",
  reusePort: (it) => `another program has the port of ${it}`,
  overlap: () => "ECS starts a replacement before the old task ends",
  partition: (it) => `the network to ${it} is cut`,
  diskFull: (it) => `the volume of ${it} is full`,
  cloudMapApi: (it) => `the Cloud Map API is ${it}`,
};

/** A fault with its target: `the network to dev-redis is cut`. */
export function faultText(
  { fault, target = "" }: Pick<EcsEventOf<"fault">, "fault" | "target">,
  nameOf: NameOfTarget = nameOfTask,
): string {
  return SENTENCES[fault](nameOf(target));
}

/** Without a list of tasks, a task is recognized by its id: 32 hex digits. */
function nameOfTask(target: string): string {
  const [id = "", ...container] = target.split("/");
  return /^[0-9a-f]{32}$/.test(id) ? ["task", short(id), ...container].join(" ") : target;
}
