import type { Environment } from "../config/environment-schema.ts";
import { namesOf } from "../config/names.ts";
import type { Template } from "../rules/template.ts";
import { isRelease, type Judged, type Verdict } from "./verdict.ts";

/** What a plan means if it is applied, for Redis and for the users of the app. */
export interface Effects {
  readonly redis: string;
  readonly users: string;
}

export function effectsOf(verdict: Verdict, environment: Environment, template: Template): Effects {
  const isAllowed = isRelease(verdict);
  const names = namesOf(environment);
  return {
    redis: isAllowed
      ? "not touched"
      : redisEffect(verdict.changes, runningAs(names.redis, template)),
    users: usersEffect(verdict.changes, runningAs(names.app, template), isAllowed),
  };
}

/** Resources that contain Redis' data. */
const DATA =
  /^aws_(?:efs_file_system|efs_access_point|elasticache_replication_group|elasticache_cluster)\./;

function redisEffect(changes: readonly Judged[], own: ReadonlySet<string>): string {
  const data = changes.filter(({ address }) => DATA.test(address));
  const tasks = changes.filter(({ address }) => own.has(address));
  if (data.some(isEnd)) return "may lose its data";
  if (tasks.some(({ action }) => action === "delete")) return "stops";
  if (tasks.some(isEnd)) return "restarts: there is none until the new task has loaded the data";
  if (data.length + tasks.length > 0) return "may restart";
  return "its own resources do not change; the rest of the plan may affect it";
}

function usersEffect(
  changes: readonly Judged[],
  own: ReadonlySet<string>,
  isAllowed: boolean,
): string {
  const tasks = changes.filter(({ address }) => own.has(address));
  if (isAllowed && tasks.length > 0) return "a rolling deployment of the app";
  if (isAllowed) return "notice nothing";
  const isEnded = tasks.some((each) => each.address.startsWith("aws_ecs_service.") && isEnd(each));
  return isEnded ? "the app stops" : "unknown: this is more than a release of the app";
}

/** Whether a change ends what exists. */
const isEnd = ({ action }: Judged): boolean => !["create", "update", "move"].includes(action);

/** The addresses of a service and its task definition. */
function runningAs(name: string, template: Template): Set<string> {
  const own = template
    .all("aws_ecs_service", "aws_ecs_task_definition")
    .filter(({ body }) => [body["name"], body["family"]].includes(name));
  return new Set(own.map(({ address }) => address));
}
