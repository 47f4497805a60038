import { isDeepStrictEqual } from "node:util";
import type { Environment } from "../config/environment-schema.ts";
import { configurationProblems, sourceOf } from "./configuration.ts";
import { type AppResource, appResources, nameIn, unlikeSynthesized } from "./expected.ts";
import { type Plan, type ResourceChange, unknownFields } from "./plan.ts";
import { at, type Difference, differences, type Fields, fieldsOf, listOf } from "./values.ts";
import { normal, withContainers } from "./values.ts";

/** The planned change of a resource. Without reasons, it is allowed in a release. */
export interface Judged {
  readonly address: string;
  /** One word, such as `create`, `update`, `replace`, `delete`, `read`, `forget`, `import` or `move`. */
  readonly action: string;
  readonly differing: readonly Difference[];
  readonly reasons: readonly string[];
}

/** What is against a plan as a whole, and against its changes. */
export interface Verdict {
  readonly problems: readonly string[];
  readonly changes: readonly Judged[];
}

export const isRelease = ({ problems, changes }: Verdict): boolean =>
  problems.length === 0 && changes.every(({ reasons }) => reasons.length === 0);

/** Paths that a release may change. What they become must be as in the environment all the same. */
const MAY_DIFFER: Readonly<Record<string, RegExp>> = {
  // The image, the environment, plain settings, memory and CPU.
  aws_ecs_task_definition:
    /^(?:container_definitions\.[\w-]+\.(?:image|environment|command|entryPoint|healthCheck|stopTimeout|memory|cpu)|tags|tags_all)(?:\.|$)/,
  // With a longer time to stop, the provider waits longer.
  aws_ecs_service: /^(?:task_definition$|desired_count$|timeouts(?:\.|$))/,
  aws_scheduler_schedule: /^target\.0\.ecs_parameters\.0\.task_definition_arn$/,
};

/**
 * Checks whether a plan changes nothing, or is only a release of an environment's app: each of the app's resources
 * becomes what the environment has, and all others stay as they are.
 *
 * @param module the synthesized environment
 */
export function judge(plan: Plan, environment: Environment, module: Fields): Verdict {
  const apps = [...appResources(plan, environment, module)];
  const isIdle = plan.resource_changes.every(stays);
  const changes = plan.resource_changes.flatMap((resource) => {
    const { address, type, change } = resource;
    const { before, after } = change;
    const app = apps.find((each) => each.address === address);
    // Where the app's resources stay, they must be as in the environment too.
    if (stays(resource) && (isIdle || app === undefined)) return [];
    const differing = differingIn(resource);
    const reasons = [...actionReasons(resource, app)];
    if (app && after && reasons.length === 0) reasons.push(...unlikeSynthesized(app, change));
    if (before && after && reasons.length === 0) {
      const paths = differing.flatMap(({ path, isKnown }) => (isKnown ? [path] : []));
      const others = paths.filter((path) => !MAY_DIFFER[type]?.test(path));
      reasons.push(...others.map((path) => `a release does not change ${path}`));
    }
    if (stays(resource) && reasons.length === 0) return [];
    return [{ address, action: actionOf(resource), differing, reasons }];
  });
  const addresses = apps.map(({ address }) => address);
  const stated = configurationProblems(plan, module, addresses);
  return { problems: [...planProblems(plan, apps), ...stated], changes };
}

function* planProblems(plan: Plan, apps: readonly AppResource[]): Generator<string> {
  const { resource_changes: changes } = plan;
  if (plan["errored"] === true) yield "planning ended with an error";
  if (plan["complete"] === false) yield "incomplete: another plan must follow";
  // A plan without changes cannot be applied either.
  if (plan["applyable"] === false && !changes.every(stays)) yield "cannot be applied";
  const outputs = Object.values(fieldsOf(plan["output_changes"]));
  if (outputs.some((each) => String(at(each, "actions")) !== "no-op")) yield "changes outputs";
  yield* unknownFields(plan);
  const current = changes.filter(({ deposed }) => deposed === undefined);
  const planned = new Map<unknown, Fields>(current.map((each) => [each.address, each.change]));
  const keys = changes.map(({ address, deposed }) => `${address} ${String(deposed)}`);
  if (new Set(keys).size < keys.length) yield "has a resource twice";
  for (const { address, name } of apps) {
    if (nameIn(planned.get(address)) === name) continue;
    yield `is of another environment: it has no ${name} at ${address}`;
  }
  for (const { address, values } of listOf(at(plan, "planned_values.root_module.resources"))) {
    if (isDeepStrictEqual(values, planned.get(address)?.["after"])) continue;
    yield `${String(address)}: planned_values and resource_changes differ`;
  }
}

function differingIn({ change }: ResourceChange): Difference[] {
  const { before, after, after_unknown: unknown } = change;
  return differences(withContainers(before), withContainers(after), unknown);
}

function stays(resource: ResourceChange): boolean {
  // An ephemeral resource is opened to be read, and is not in the state.
  if (resource.mode === "ephemeral") return ["open", "no-op"].includes(actionOf(resource));
  return actionOf(resource) === "no-op" && differingIn(resource).length === 0;
}

function actionOf({ change, previous_address: previous }: ResourceChange): string {
  const all = change.actions.join();
  if (change["importing"] || previous !== undefined) return change["importing"] ? "import" : "move";
  // Terraform writes a replacement as two actions, in their order.
  return ["delete,create", "create,delete"].includes(all) ? "replace" : all.replace("create,", "");
}

/** What runs Redis, or has its data. */
const REDIS = /^aws_(?:ecs_\w+\.redis_|efs_|elasticache_)/;

/** Why this is no change of a release, whatever a resource becomes. */
function* actionReasons(resource: ResourceChange, app?: AppResource): Generator<string> {
  const { address, mode, type, deposed, action_reason: why, provider_name: provider } = resource;
  const action = actionOf(resource);
  const before = normal(resource.change["before"]);
  if (action === "no-op" && !stays(resource)) yield "is unchanged by its action, not by its values";
  if (mode !== "managed" || app === undefined) {
    return yield `not the app's resource${REDIS.test(address) ? ", but one of Redis" : ""}`;
  }
  if (sourceOf(provider) !== "hashicorp/aws") yield `uses the provider ${String(provider)}`;
  // Names are text. What Terraform calls in AWS is an id.
  for (const path of before ? ["id", "arn", "arn_without_revision", "cluster", "target.arn"] : []) {
    const isOwn = app.added.test(`${path}=${String(at(before, path))}`);
    if (!isOwn) yield `its ${path} is not that of ${app.name}`;
  }
  const isDefinition = type === "aws_ecs_task_definition";
  const allowed = ["no-op", "update", ...(isDefinition ? ["replace", "create"] : [])];
  // A release that failed leaves the old definition behind. With skip_destroy, apply only forgets it.
  const isLeft = at(before, "skip_destroy") === true && action === "delete";
  if (deposed === undefined ? !allowed.includes(action) : !isLeft) {
    yield `a release does not ${action} this ${type}`;
  }
  // Another reason of Terraform, such as a failed apply, is a repair.
  const usual = /^(?:undefined|replace_because_cannot_update|replace_by_request)$/;
  if (!usual.test(String(why))) yield `a release does not replace it for the reason ${String(why)}`;
}
