import type { Environment } from "../config/environment-schema.ts";
import { namesOf } from "../config/names.ts";
import { type Fields, fieldsOf } from "./values.ts";

const entriesOf = (prefix: string, block: unknown): [string, unknown][] =>
  Object.entries(fieldsOf(block)).map(([name, own]) => [`${prefix}${name}`, own]);

/** The bodies of a module's resources, data sources and ephemeral resources, by address. */
export function bodiesIn({ resource, data, ephemeral }: Fields): ReadonlyMap<string, Fields> {
  const read = [...entriesOf("data.", data), ...entriesOf("ephemeral.", ephemeral)];
  const all = [...entriesOf("", resource), ...read].flatMap(([type, own]) =>
    entriesOf(`${type}.`, own),
  );
  return new Map(all.map(([address, body]) => [address, fieldsOf(body)]));
}

/** A resource of the app in the synthesized environment. */
export interface AppResource {
  readonly address: string;
  readonly name: string;
  readonly body: Fields;
  /** Matches `path=value` of what AWS and the provider add to the arguments. */
  readonly computed: RegExp;
}

/** A resource's name in AWS. */
export const nameIn = (body: unknown): unknown =>
  fieldsOf(body)["family"] ?? fieldsOf(body)["name"];

/** Defaults of ECS and its scheduler, and the role of ECS itself. An environment that wants another value states it. */
const DEFAULTS =
  "scheduling_strategy=REPLICA|deployment_controller.type=ECS|deployment_configuration.strategy=ROLLING|deployment_configuration.bake_time_in_minutes=0|iam_role=(.*/)?aws-service-role/ecs[.]amazonaws[.]com/AWSServiceRoleForECS|group_name=default|state=ENABLED|action_after_completion=NONE";

/** The app's task definition and service, and the definitions and schedules of its `tasks`. */
export function appResources(environment: Environment, module: Fields): readonly AppResource[] {
  const { app, cluster: created, task } = namesOf(environment);
  const { account, region, cluster: config } = environment;
  const cluster = "name" in config ? config.name : created;
  const own = new Set([app, ...Object.keys(environment.tasks).map((each) => task(each))]);
  return [...bodiesIn(module)].flatMap(([address, body]) => {
    const name = String(nameIn(body));
    const arn = (service: string, id: string): string =>
      `arn:[a-z-]+:${service}:${region}:${account}:${id}`;
    const definition = arn("ecs", `task-definition/${name}`);
    const service = arn("ecs", `service/${cluster}/${name}`);
    const schedule = arn("scheduler", `schedule/default/${name}`);
    const ids = {
      aws_ecs_task_definition: `id=${name}|arn=${definition}:\\d+|arn_without_revision=${definition}|revision=\\d+`,
      aws_ecs_service: `(id|arn)=${service}|cluster=${arn("ecs", `cluster/${cluster}`)}`,
      aws_scheduler_schedule: `id=default/${name}|arn=${schedule}|target.arn=${arn("ecs", `cluster/${cluster}`)}`,
    }[address.split(".")[0] ?? ""];
    if (ids === undefined || !own.has(name)) return [];
    const computed = new RegExp(`^(?:region=${region}|${ids}|${DEFAULTS})$`);
    return [{ address, name, body, computed }];
  });
}
