import type { Environment } from "../config/environment-schema.ts";
import { namesOf } from "../config/names.ts";
import type { Template } from "../rules/template.ts";
import { isRelease, type Judged, type Verdict } from "./verdict.ts";

/** What a plan means, if it is applied: a sentence for Redis and one for the app's users. */
export interface Effects {
  readonly redis: string;
  readonly users: string;
}

/** Resources that contain Redis' data. */
const DATA =
  /^(?:aws_efs_file_system|aws_efs_access_point|aws_elasticache_replication_group|aws_elasticache_cluster)\./;

export function effectsOf(verdict: Verdict, environment: Environment, template: Template): Effects {
  if (verdict.changes.length === 0 && isRelease(verdict)) {
    return { redis: "not touched", users: "notice nothing" };
  }
  if (!isRelease(verdict)) {
    return {
      redis: redisEffect(verdict, environment, template),
      users: "unknown: the plan is not only a release",
    };
  }
  const isDeployed = verdict.changes.some(({ address }) => address.startsWith("aws_ecs_service."));
  return {
    redis: "not touched",
    users: isDeployed
      ? "a rolling deployment of the app: new tasks start, then old ones stop"
      : "notice nothing until the next task starts",
  };
}

function redisEffect({ changes }: Verdict, environment: Environment, template: Template): string {
  const gone = changes.filter(({ address, action }) => DATA.test(address) && isGone(action));
  if (gone.length > 0) return "may lose its data";
  const own = redisAddresses(environment, template);
  const touched = changes.filter(({ address }) => own.has(address) || DATA.test(address));
  if (touched.some(({ action }) => isGone(action))) return "stops or restarts";
  if (touched.length > 0) return "may restart";
  return "no change of its own resources; others may affect it";
}

/** Whether an action ends what runs. */
const isGone = (action: Judged["action"]): boolean =>
  !["create", "update", "move"].includes(action);

/** The service and the task definition of Redis. */
function redisAddresses(environment: Environment, template: Template): Set<string> {
  const { redis } = namesOf(environment);
  const own = template
    .all("aws_ecs_service", "aws_ecs_task_definition")
    .filter(({ body }) => [body["name"], body["family"]].includes(redis));
  return new Set(own.map(({ address }) => address));
}
