// The name of an environment and of a part are joined by a hyphen, and both may contain hyphens. So `dev` with
// `qa-search` and `dev-qa` with `search` result in the same name.

import { backupCopy, backupOf } from "../backups.ts";
import type { Environment } from "../environment-schema.ts";
import { namesOf } from "../names.ts";
import { serviceOf } from "../redis-kinds.ts";
import { type Collision, inOnePlace, quoted } from "./collision.ts";

/** A part of an environment that has a task definition. */
interface Part {
  /** Its field in the environment. */
  readonly field: string;
  /** Name of the task family and of the service or schedule. It must be unique in a region of an account. */
  readonly name: string;
  /** Suffix of the role's name, which must be unique in an account. Undefined if the part uses the app's roles. */
  readonly role?: "task" | "schedule" | undefined;
}

/** All parts except the app: no other name can end with -app. */
function partsOf(environment: Environment): Part[] {
  const names = namesOf(environment);
  const { services, tasks } = environment;
  return [
    ...Object.keys(services).map((name): Part => ({
      field: `services.${name}`,
      name: names.service(name),
      role: "task",
    })),
    ...Object.entries(tasks).map(([name, { schedule }]): Part => ({
      field: `tasks.${name}`,
      name: names.task(name),
      role: schedule === undefined ? undefined : "schedule",
    })),
    ...(serviceOf(environment) === undefined
      ? []
      : [{ field: "redis", name: names.redis, role: "task" } as const]),
    ...(backupOf(environment) === undefined
      ? []
      : [{ field: "backup", name: names.task(backupCopy), role: "schedule" } as const]),
  ];
}

/** Two environments would write revisions of the same task family, and AWS refuses a second role with the same name. */
const partTwice: Collision = (earlier, later) => {
  if (earlier.account !== later.account) return undefined;
  const taken = new Map(partsOf(earlier).map((part) => [part.name, part]));
  return partsOf(later).flatMap(({ field, name, role }) => {
    const other = taken.get(name);
    const isRoleTwice = role !== undefined && role === other?.role;
    if (other === undefined || !(isRoleTwice || inOnePlace(earlier, later))) return [];
    const what = isRoleTwice
      ? `the role ${quoted(`${name}-${role}`)}`
      : `the family ${quoted(name)}`;
    const message =
      `creates ${what}, which ${other.field} of ${earlier.name} creates too; ` +
      "allowed: another name of the environment, or of the service or task";
    return [{ field, message }];
  });
};

/** Environments that would create resources with the same name. */
export const nameCollisions: readonly Collision[] = [partTwice];
