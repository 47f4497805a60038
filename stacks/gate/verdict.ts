import type { Environment } from "../config/environment-schema.ts";
import type { Template } from "../rules/template.ts";
import { configurationNotes, configurationProblems } from "./configuration.ts";
import { consistencyProblems } from "./consistency.ts";
import { withContainers } from "./containers.ts";
import { type Difference, differences } from "./differences.ts";
import { nameIn, type OwnResource, ownResources } from "./own-resources.ts";
import { placeProblems } from "./places.ts";
import type { Plan, ResourceChange } from "./plan-schema.ts";
import { type Context, releaseReasons } from "./release.ts";
import { secretValues } from "./secret-values.ts";
import { unknownFieldProblems } from "./unknown-fields.ts";

/** The planned change of one resource. */
export interface Judged {
  readonly address: string;
  /** `create`, `update`, `replace`, `delete`, `read`, `open`, `forget`, `import`, `move`. */
  readonly action: string;
  /** Arguments that change. */
  readonly differing: readonly Difference[];
  /** Why the change is not allowed in a release; empty if it is allowed. */
  readonly reasons: readonly string[];
}

export interface Verdict {
  /** Problems of the plan as a whole. */
  readonly problems: readonly string[];
  /** All resources that would change. */
  readonly changes: readonly Judged[];
  /** What does not affect the verdict, such as resources that were changed outside of Terraform. */
  readonly notes: readonly string[];
}

/**
 * Checks whether a plan changes nothing or is only a release of an environment's app.
 *
 * @param template the synthesized environment
 */
export function judge(plan: Plan, environment: Environment, template: Template): Verdict {
  const own = ownResources(environment, template);
  const context = { plan, own, secrets: secretValues(plan) };
  const changes = plan.resource_changes.flatMap((change) => judged(change, context) ?? []);
  const problems = [
    ...problemsOf(plan, environment, own),
    ...consistencyProblems(plan),
    ...unknownFieldProblems(plan),
    ...configurationProblems(plan, template),
  ];
  // A plan without changes cannot be applied either.
  if (plan.applyable === false && changes.length > 0) problems.push("cannot be applied");
  return { problems, changes, notes: [...notesOf(plan, template)] };
}

export function isRelease({ problems, changes }: Verdict): boolean {
  return problems.length === 0 && changes.every(({ reasons }) => reasons.length === 0);
}

function* problemsOf(
  plan: Plan,
  environment: Environment,
  own: ReadonlyMap<string, OwnResource>,
): Generator<string> {
  const changes = new Map(plan.resource_changes.map(({ address, change }) => [address, change]));
  if (changes.size === 0) return yield "lists no resources, like a plan with -refresh-only";
  for (const [address, { kind, name }] of own) {
    const change = changes.get(address);
    const found = nameIn(change?.before ?? change?.after, kind.named[0]);
    if (found !== name) yield `not a plan of ${environment.name}: it has no ${name} at ${address}`;
  }
  for (const change of plan.resource_changes) {
    const resource = own.get(change.address);
    if (resource !== undefined) yield* placeProblems(change, resource, environment);
  }
  if (plan.errored === true) yield "planning ended with an error";
  if (plan.complete === false) yield "incomplete: another plan must follow";
  for (const { resource_change: deferred } of plan.deferred_changes) {
    yield `${deferred?.address ?? "a change"}: is deferred to a later plan`;
  }
  const invoked = plan.deferred_action_invocations.map((each) => each.action_invocation);
  for (const action of [...plan.action_invocations, ...invoked]) {
    yield `${action?.address ?? "an action"}: is an action, and a release invokes none`;
  }
  for (const [name, { actions }] of Object.entries(plan.output_changes)) {
    if (actions.join() !== "no-op") yield `output ${name}: a release does not change outputs`;
  }
}

function* notesOf(plan: Plan, template: Template): Generator<string> {
  const drifted = plan.resource_drift.map(({ address }) => address);
  if (drifted.length > 0) yield `changed outside of Terraform: ${drifted.join(", ")}`;
  yield* configurationNotes(plan, template);
}

/** @returns undefined if nothing would change */
function judged(resource: ResourceChange, context: Context): Judged | undefined {
  const { address, mode, change } = resource;
  const action = actionOf(resource);
  // An ephemeral resource is opened to be read, and is not in the state.
  if (mode === "ephemeral" && ["open", "no-op"].includes(action)) return undefined;
  const differing = differences(
    withContainers(change.before),
    withContainers(change.after),
    change.after_unknown,
  );
  if (action === "no-op" && differing.length === 0) return undefined;
  const reasons =
    action === "no-op"
      ? ["is unchanged according to its action, but not according to its values"]
      : [...releaseReasons(resource, action, differing, context)];
  return { address, action, differing, reasons };
}

/** The action as one word. */
function actionOf({ change, previous_address }: ResourceChange): string {
  const { actions, importing } = change;
  if (importing !== undefined && importing !== null) return "import";
  if (previous_address !== undefined) return "move";
  const all = actions.join(" and ");
  return WORDS[all] ?? all;
}

/** Terraform writes a replacement as two actions. */
const WORDS: Readonly<Record<string, string>> = {
  "delete and create": "replace",
  "create and delete": "replace",
  "create and forget": "forget",
};
