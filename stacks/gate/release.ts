import { at, parsed, strings } from "../rules/template.ts";
import { containerReasons } from "./app-containers.ts";
import { type Difference, differences, valueAt } from "./differences.ts";
import { argumentsOf } from "./expressions.ts";
import { nameIn, type OwnResource } from "./own-resources.ts";
import type { Plan, ResourceChange } from "./plan-schema.ts";
import { hasRepeatedFields } from "./repeated-fields.ts";

/** What the rules need to know of the plan as a whole. */
export interface Context {
  readonly plan: Plan;
  /** The app's resources by address. */
  readonly own: ReadonlyMap<string, OwnResource>;
  /** {@link secretValues} */
  readonly secrets: ReadonlySet<string>;
}

/** A replacement for another reason is a repair, not a release. */
const REPLACED = "replace_because_cannot_update";

/** Why a change is not one of a release of the app. */
export function* releaseReasons(
  resource: ResourceChange,
  action: string,
  differing: readonly Difference[],
  context: Context,
): Generator<string> {
  const { address, mode, deposed, action_reason: why, change } = resource;
  if (mode === "data") return yield "is read by apply, so its value cannot be checked";
  const own = context.own.get(address);
  if (mode !== "managed" || own === undefined) return yield "not the app's resource";
  const { kind, name } = own;
  if (!kind.actions.includes(action) || deposed !== undefined) {
    return yield `a release does not ${action} ${kind.what}`;
  }
  if (nameIn(change.before, kind.named[0]) !== name) return yield "not the app's resource";
  if (action === "replace" && why !== undefined && why !== REPLACED) {
    yield `a release does not replace it for the reason ${why}`;
  }
  const stated = context.plan.configuration?.root_module.resources.find(
    (each) => each.address === address,
  );
  for (const { path, isKnown } of differing) {
    yield* pathReasons(path, isKnown, own);
    // AWS sets only what the configuration does not: `enable_fault_injection` can be both.
    if (!isKnown && kind.runs === undefined && path in (stated?.expressions ?? {})) {
      yield `${path} is stated, but known only after apply`;
    }
  }
  yield* tagReasons(resource, context.secrets);
  yield* sensitiveReasons(resource);
  yield* containersReasons(resource, context.secrets);
  if (kind.runs !== undefined) yield* runReasons(resource, differing, own, kind.runs, context);
}

function* pathReasons(path: string, isKnown: boolean, { kind }: OwnResource): Generator<string> {
  if (!isKnown && kind.givenByAws.test(path)) return;
  if (!kind.mayDiffer.test(path)) yield `a release does not change ${path || "all of it"}`;
  else if (!isKnown) yield `${path} is known only after apply, so it cannot be checked`;
}

/** An argument becomes sensitive when it uses a sensitive value. */
function* sensitiveReasons({ change }: ResourceChange): Generator<string> {
  const { before_sensitive: was, after_sensitive: becomes } = change;
  for (const { path, after } of differences(was, becomes, {})) {
    if (after === true) yield `${path || "all of it"} becomes sensitive`;
  }
}

/** Who may read tags may read what they say. */
function* tagReasons({ change }: ResourceChange, secrets: ReadonlySet<string>): Generator<string> {
  for (const name of ["tags", "tags_all"]) {
    const was = JSON.stringify(nameIn(change.before, name) ?? {});
    const tags = Object.entries(Object(nameIn(change.after, name)))
      .flat()
      .map(String);
    const isNew = [...secrets].filter((secret) => !was.includes(secret));
    if (tags.some((text) => isNew.some((secret) => text.includes(secret)))) {
      yield `${name} has the value of a secret`;
    }
  }
}

function* containersReasons(
  { change }: ResourceChange,
  secrets: ReadonlySet<string>,
): Generator<string> {
  const before = nameIn(change.before, "container_definitions");
  const after = nameIn(change.after, "container_definitions");
  // Other text can mean something else to AWS although its values, as JavaScript reads them, do not differ.
  if (before === after) return;
  yield* containerReasons(before, after);
  const containers = parsed(after);
  if (containers === undefined) return;
  if (hasRepeatedFields(String(after))) yield "container_definitions has a field twice";
  const own = String(before);
  const isNew = [...secrets].filter((secret) => !own.includes(secret));
  for (const [path, text] of strings(containers)) {
    if (isNew.some((secret) => text.includes(secret))) {
      yield `container_definitions.${path} has the value of a secret`;
    }
  }
}

function* runReasons(
  { address, change }: ResourceChange,
  differing: readonly Difference[],
  { name, cluster, body }: OwnResource,
  runs: { readonly cluster: string; readonly revision: string },
  { plan, own }: Context,
): Generator<string> {
  const found = String(valueAt(change.before, runs.cluster)).split("/").at(-1);
  if (found !== cluster) yield `runs in the cluster ${found}, not in ${cluster}`;
  const difference = differing.find(({ path }) => path === runs.revision);
  if (difference === undefined) return;
  if (!isWrittenAs(body, address, runs.revision, plan)) {
    yield `${runs.revision} is not written as in the environment`;
  } else if (difference.isKnown && difference.after !== revisionOf(name, plan, own)) {
    yield `${runs.revision} is not the revision of ${name} in the plan`;
  }
}

/** The ARN of a family's revision in the plan. The plan does not show what other revisions run. */
function revisionOf(family: string, plan: Plan, own: Context["own"]): unknown {
  const found = plan.resource_changes.find(({ address, type }) => {
    return type === "aws_ecs_task_definition" && own.get(address)?.name === family;
  });
  return nameIn(found?.change.after, "arn");
}

/** Whether the plan's configuration has an argument as the environment has it. */
function isWrittenAs(body: unknown, address: string, path: string, plan: Plan): boolean {
  const stated = plan.configuration?.root_module.resources.find((each) => each.address === address);
  // The plan has blocks as lists, the environment as objects or lists.
  const argument = path.replaceAll(/\.0\b/g, "");
  const text = at(argumentsOf(stated?.expressions), argument);
  // A dynamic block has no text: what is not known is refused.
  return text !== undefined && text === at(body, argument);
}
