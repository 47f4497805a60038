import { isDeepStrictEqual } from "node:util";
import type { Environment } from "../config/environment-schema.ts";
import { type AppResource, appResources, nameIn } from "./app-resources.ts";
import * as configuration from "./configuration.ts";
import { resolver, unlikeSynthesized } from "./expected.ts";
import { type Plan, type ResourceChange, unknownFields } from "./plan.ts";
import {
  at,
  type Difference,
  differences,
  type Fields,
  fieldsOf,
  listOf,
  normal,
  withContainers,
} from "./values.ts";

/** The planned change of a resource. Without reasons, it is allowed in a release. */
export interface Judged {
  readonly address: string;
  /** One word, such as `create`, `update`, `replace`, `delete`, `read`, `forget`, `import` or `move`. */
  readonly action: string;
  readonly differing: readonly Difference[];
  readonly reasons: readonly string[];
}

/** What is against a plan as a whole, and against its changes. Notes do not affect the verdict. */
export interface Verdict {
  readonly problems: readonly string[];
  readonly changes: readonly Judged[];
  readonly notes: readonly string[];
}

export const isRelease = ({ problems, changes }: Verdict): boolean =>
  problems.length === 0 && changes.every(({ reasons }) => reasons.length === 0);

const DEFINITION = "aws_ecs_task_definition";

/** Paths that a release may change. What they become must be as in the environment all the same. */
const MAY_DIFFER: Readonly<Record<string, RegExp>> = {
  // The image, the environment, plain settings, memory and CPU.
  [DEFINITION]:
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
  const own = appResources(environment, module);
  const resolve = resolver(plan, environment);
  const tags = at(normal(configuration.providersOf(module)), "aws.default_tags.tags");
  const configured = listOf(at(plan, "configuration.root_module.resources"));
  const isIdle = plan.resource_changes.every(stays);
  const changes = plan.resource_changes.flatMap((resource) => {
    const { address, type, change } = resource;
    const app = own.find((each) => each.address === address);
    // Where the app's resources stay, they must be as in the environment too.
    if (stays(resource) && (isIdle || app === undefined)) return [];
    const differing = differingIn(resource);
    const reasons = [...actionReasons(resource, app)];
    if (app && reasons.length === 0 && change["after"] !== null) {
      const stated = configured.find((each) => each["address"] === address);
      reasons.push(...unlikeSynthesized(app, change, resolve, tags));
      reasons.push(...configuration.writtenOtherwise(app.body, stated ?? {}));
      const isSaid = reasons.length > 0 || change["before"] === null;
      for (const { path, isKnown } of isSaid ? [] : differing) {
        const isAllowed = !isKnown || MAY_DIFFER[type]?.test(path);
        if (!isAllowed) reasons.push(`a release does not change ${path}`);
      }
    }
    if (stays(resource) && reasons.length === 0) return [];
    return [{ address, action: actionOf(resource), differing, reasons }];
  });
  const problems = [...planProblems(plan, own, environment.name)];
  problems.push(...configuration.configurationProblems(plan, module));
  // A plan without changes cannot be applied either.
  if (plan["applyable"] === false && !isIdle) problems.push("cannot be applied");
  const notes: string[] = [];
  const drifted = plan.resource_drift.map(({ address }) => address);
  if (drifted.length > 0) notes.push(`changed outside of Terraform: ${drifted.join(", ")}`);
  for (const { address, differing } of changes) {
    if (!differing.some(({ path }) => path === "desired_count")) continue;
    notes.push(`${address}: its number of tasks becomes that of the environment`);
  }
  return { problems, changes, notes };
}

/** A word in the name of a new field, or in one inside, that makes it one about changes. */
const ACTS = /"[^"]*(?:action|change|defer|exec|hook|import|invo|provision|trigger)[^"]*":/i;

function* planProblems(plan: Plan, own: readonly AppResource[], name: string): Generator<string> {
  const { resource_changes: changes, output_changes: outputs } = plan;
  const outputActions = Object.values(fieldsOf(outputs)).map((each) => String(at(each, "actions")));
  const has = (field: string): boolean => listOf(plan[field]).length > 0;
  const problems = {
    "lists no resources, like a plan with -refresh-only": changes.length === 0,
    "planning ended with an error": plan["errored"] === true,
    "incomplete: another plan must follow": plan["complete"] === false,
    "has changes that are deferred to a later plan": has("deferred_changes"),
    "invokes actions": has("action_invocations") || has("deferred_action_invocations"),
    "has checks, which the environment does not have": has("checks"),
    "changes outputs": outputActions.some((each) => each !== "no-op"),
  };
  yield* Object.entries(problems).flatMap(([problem, isTrue]) => (isTrue ? [problem] : []));
  const acting = Object.entries(plan).filter((each) =>
    ACTS.test(JSON.stringify(Object.fromEntries([each]))),
  );
  yield* unknownFields(Object.fromEntries(acting), "plan");
  const seen = new Map<unknown, ResourceChange>();
  for (const each of changes) {
    const key = [each.address, each["deposed"]].join(" ").trim();
    const reasons = unknownFields(each, "resource change");
    reasons.push(...unknownFields(each.change, "change"));
    if (seen.has(key)) reasons.push("is in the plan twice");
    yield* reasons.map((reason) => `${each.address}: ${reason}`);
    seen.set(key, each);
  }
  for (const { address, name: wanted } of own) {
    const { before, after } = fieldsOf(seen.get(address)?.change);
    if (nameIn(before ?? after) === wanted) continue;
    yield `not a plan of ${name}: it has no ${wanted} at ${address}`;
  }
  for (const { address, values } of listOf(at(plan, "planned_values.root_module.resources"))) {
    if (isDeepStrictEqual(values, seen.get(address)?.change["after"])) continue;
    yield `${String(address)}: planned_values and resource_changes differ`;
  }
}

function differingIn({ change }: ResourceChange): Difference[] {
  const { before, after, after_unknown: unknown } = change;
  return differences(withContainers(before), withContainers(after), unknown);
}

function stays(resource: ResourceChange): boolean {
  const action = actionOf(resource);
  // An ephemeral resource is opened to be read, and is not in the state.
  if (resource.mode === "ephemeral") return ["open", "no-op"].includes(action);
  return action === "no-op" && differingIn(resource).length === 0;
}

function actionOf({ change, previous_address: previous }: ResourceChange): string {
  const all = change.actions.join();
  if (change["importing"] || previous !== undefined) return change["importing"] ? "import" : "move";
  // Terraform writes a replacement as two actions, in their order.
  return ["delete,create", "create,delete"].includes(all) ? "replace" : all.replace("create,", "");
}

/** Reasons of Terraform for a replacement in a release. Another one, such as a failed apply, is a repair. */
const REPLACED: unknown[] = [undefined, "replace_because_cannot_update", "replace_by_request"];

/** Why this is no change of a release, whatever a resource becomes. */
function* actionReasons(resource: ResourceChange, app?: AppResource): Generator<string> {
  const { mode, type, deposed, action_reason: why, provider_name: source } = resource;
  const action = actionOf(resource);
  const before = normal(resource.change["before"]);
  if (action === "no-op" && !stays(resource)) yield "is unchanged by its action, not by its values";
  if (mode === "data") return yield "is read by apply, so its value cannot be checked";
  if (mode !== "managed" || app === undefined) return yield "not the app's resource";
  yield* configuration.otherProgram(source, "aws");
  // Names are text. What Terraform calls in AWS is an id.
  for (const path of before ? ["id", "arn", "arn_without_revision", "cluster", "target.arn"] : []) {
    const value = at(before, path);
    if (path !== "id" && value === undefined) continue;
    const isOwn = app.computed.test(`${path}=${String(value)}`);
    if (!isOwn) yield `its ${path} is not that of ${app.name}`;
  }
  const allowed = ["no-op", "update", ...(type === DEFINITION ? ["replace", "create"] : [])];
  // A release that failed leaves the old definition behind. With skip_destroy, apply only forgets it.
  const isLeft = type === DEFINITION && at(before, "skip_destroy") === true && action === "delete";
  if (deposed === undefined ? !allowed.includes(action) : !isLeft) {
    yield `a release does not ${action} this ${type}`;
  }
  if (!REPLACED.includes(why)) yield `a release does not replace it for the reason ${String(why)}`;
}
