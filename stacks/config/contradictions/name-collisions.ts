// A hyphen joins the name of an environment and the name of a part, and both may have hyphens: `dev`
// with `qa-search` and `dev-qa` with `search` give one name.

import { backupCopy, backupOf } from "../backups.ts";
import type { Environment } from "../environment-schema.ts";
import { namesOf } from "../names.ts";
import { elastiCacheOf, serviceOf } from "../redis-kinds.ts";
import { type Collision, inOnePlace, quoted } from "./collision.ts";

/** A part of an environment that has a task definition. */
interface Part {
  /** Its field in the environment. */
  readonly field: string;
  /** Of its family, and of its service or schedule: in a region of an account each has its own. */
  readonly name: string;
  /** End of its roles' names, of which an account has each once; undefined if the app's roles are its own. */
  readonly role?: "task" | "schedule" | undefined;
}

/** The app is none of them: no other part has a name that ends in -app. */
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

/** The second of two families would add revisions to the first, and the second of two roles is refused. */
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

/** ElastiCache allows no two hyphens in a row: `a--b` and `a-b` have one name there. */
const replicationGroupTwice: Collision = (earlier, later) => {
  const [one, other] = [earlier, later].map((each) =>
    elastiCacheOf(each) === undefined ? undefined : namesOf(each).replicationGroup,
  );
  if (other === undefined || one !== other || !inOnePlace(earlier, later)) return undefined;
  const message =
    `creates the replication group ${quoted(other)}, which ${earlier.name} creates too; ` +
    "allowed: another name of the environment";
  return { field: "redis", message };
};

/** Environments that would create a resource of one name. */
export const nameCollisions: readonly Collision[] = [partTwice, replicationGroupTwice];
