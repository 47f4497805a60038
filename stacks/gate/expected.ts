import { isDeepStrictEqual } from "node:util";
import { imageReference } from "../config/container-schema.ts";
import type { Environment } from "../config/environment-schema.ts";
import { namesOf } from "../config/names.ts";
import { argumentsOf } from "./configuration.ts";
import type { Plan } from "./plan.ts";
import { at, differences, type Fields, fieldsOf, isFields, listOf } from "./values.ts";
import { mapped, normal, withContainers } from "./values.ts";

/** The name in AWS of a body, or of what a plan changes. */
export function nameIn(of: unknown): unknown {
  const body = at(of, "before") ?? at(of, "after") ?? of;
  return at(body, "family") ?? at(body, "name");
}

/** Attributes that AWS sets for each new revision of a task definition. */
export const NEW_REVISION = /^(?:arn|arn_without_revision|enable_fault_injection|id|revision)$/;

/** Defaults of ECS and its scheduler, and the role of ECS itself. An environment that wants another value states it. */
const DEFAULTS =
  "scheduling_strategy=REPLICA|deployment_controller.type=ECS|deployment_configuration.strategy=ROLLING|deployment_configuration.bake_time_in_minutes=0|iam_role=(.*/)?aws-service-role/ecs[.]amazonaws[.]com/AWSServiceRoleForECS|group_name=default|state=ENABLED|action_after_completion=NONE";

/** A resource of the app in the synthesized environment. */
export interface AppResource {
  readonly address: string;
  readonly name: string;
  /** What it must become. References are replaced by what the plan knows of their addresses. */
  readonly wanted: Fields;
  /** Arguments that Terraform ignores, such as the number of tasks that autoscaling sets. */
  readonly ignored: readonly string[];
  /** Matches `path=value` of what AWS adds: its ids, ARNs and defaults. */
  readonly added: RegExp;
}

/** The app's task definition and service, and the definitions and schedules of its `tasks`. */
export function* appResources(plan: Plan, environment: Environment, module: Fields) {
  const { app, cluster: created, task } = namesOf(environment);
  const { account, region, cluster: config } = environment;
  const apps = new Set([app, ...Object.keys(environment.tasks).map((each) => task(each))]);
  const cluster = "name" in config ? config.name : created;
  const here = `arn:[a-z-]+:(?:ecs|scheduler):${region}:${account}:`;
  const idOf = {
    aws_ecs_task_definition: (name: string) => `(?:${here}task-definition/)?${name}(?::\\d+)?`,
    aws_ecs_service: (name: string) => `${here}service/${cluster}/${name}`,
    aws_scheduler_schedule: (name: string) => `(?:${here}schedule/)?default/${name}`,
  };
  const resolve = resolver(plan, environment);
  const defaultTags = fieldsOf(at(normal(module), "provider.aws.default_tags.tags"));
  for (const [type, id] of Object.entries(idOf)) {
    for (const [key, body] of Object.entries(fieldsOf(at(module, `resource.${type}`)))) {
      const name = String(nameIn(body));
      if (!apps.has(name)) continue;
      const arns = `(?:arn|arn_without_revision)=(?:${id(name)}|undefined)`;
      const clusters = `(?:cluster|target.arn)=(?:${here}cluster/${cluster}|undefined)`;
      const ids = `id=${id(name)}|${arns}|${clusters}|revision=\\d+|region=${region}`;
      const added = new RegExp(`^(?:${ids}|${DEFAULTS})$`);
      const own = withContainers(argumentsOf(fieldsOf(body)), resolve);
      const tags_all = { ...defaultTags, ...fieldsOf(own["tags"]) };
      const wanted = type.startsWith("aws_ecs") ? { ...own, tags_all } : own;
      const ignored = [at(body, "lifecycle.ignore_changes") ?? []].flat().map(String);
      yield { address: `${type}.${key}`, name, wanted, ignored, added };
    }
  }
}

/** Stands for a value that only `apply` knows, such as the ARN of the next revision. No plan can have this text. */
const UNKNOWN = crypto.randomUUID();

/** `${aws_lb.app.arn}`, and the escapes of `${` and `%{`. */
const REFERENCE = /\$\$\{|%%\{|\$\{((?:data\.)?\w+\.\w+)\.(\w+)\}/g;

/** Replaces the references in synthesized values by what a plan knows of their addresses. */
function resolver(plan: Plan, { account, region }: Environment): (value: unknown) => unknown {
  const here = new RegExp(`^arn:[a-z-]+:(?:iam:|[\\w-]+:${region}):${account}:`);
  const read = listOf(at(plan, "prior_state.values.root_module.resources"));
  const known = new Map(read.map(({ address, values }) => [address, fieldsOf(values)]));
  for (const { address, deposed, change } of plan.resource_changes) {
    const unknown = mapped(fieldsOf(change["after_unknown"]), (is) => is === true && UNKNOWN);
    if (deposed === undefined) known.set(address, { ...unknown, ...fieldsOf(change["after"]) });
  }
  const valueOf = (text: string, address: string | undefined, attribute: string): string => {
    if (address === undefined) return text.slice(1);
    const value = known.get(address)?.[attribute];
    const isHere = attribute !== "arn" || value === UNKNOWN || here.test(String(value));
    // No argument has such a text, so it differs.
    const none = "(not in the plan, or of another account or region)";
    return typeof value === "string" && value !== "" && isHere ? value : none;
  };
  return function resolve(value: unknown): unknown {
    if (isFields(value)) return Array.isArray(value) ? value.map(resolve) : mapped(value, resolve);
    return typeof value === "string" ? value.replaceAll(REFERENCE, valueOf) : value;
  };
}

/** Where a resource of the app does not become what the synthesized environment has. */
export function* unlikeSynthesized(app: AppResource, change: Fields): Generator<string> {
  const { container_definitions: wanted, ...own } = app.wanted;
  const { container_definitions: given, ...after } = withContainers(change["after"]);
  const stay = Object.fromEntries(app.ignored.map((path) => [path, at(change["before"], path)]));
  const all = { ...own, ...stay };
  const found = differences(normal(all), normal(after), normal(change["after_unknown"]));
  for (const { path, isKnown, before: want, after: has } of found) {
    // What the environment does not set stays off.
    const isAdded = has === false || has === 0 || app.added.test(`${path}=${String(has)}`);
    const isGiven = isKnown ? isAdded : NEW_REVISION.test(path);
    if (want === undefined ? isGiven : want === UNKNOWN && !isKnown) continue;
    yield `${path} is ${isKnown ? "not as in the environment" : "known only after apply"}`;
  }
  // AWS reads the names of fields without regard to case, so to containers nothing may be added, not even null.
  if (!isDeepStrictEqual(wanted, given)) {
    const paths = differences(wanted, given, undefined, "container_definitions");
    if (paths.length === 0) yield "container_definitions has more than in the environment";
    yield* paths.map(({ path }) => `${path} is not as in the environment`);
  }
  for (const [name, container] of Object.entries(fieldsOf(given))) {
    // Synthesis does not see an image that is in a parameter.
    if (imageReference.test(String(fieldsOf(container)["image"]))) continue;
    yield `container_definitions.${name}.image is not an image with a tag or digest`;
  }
  for (const { path, after: isSensitive } of differences({}, change["after_sensitive"])) {
    if (isSensitive === true) yield `${path || "all of it"} becomes sensitive`;
  }
}
