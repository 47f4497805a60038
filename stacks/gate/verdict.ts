import type { Environment } from "../config/environment-schema.ts";
import { namesOf } from "../config/names.ts";
import { containersByName } from "./containers.ts";
import { type Difference, differences, valueAt } from "./differences.ts";
import { nameIn, ownResources, servicesIn } from "./own-resources.ts";
import type { Plan, ResourceChange } from "./plan.ts";

/** The planned change of one resource. */
export interface Judged {
  readonly address: string;
  /** `create`, `update`, `replace`, `delete`, `forget`, `import`, `move`. */
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
  /** Addresses of resources changed outside of Terraform. They do not affect the verdict. */
  readonly drifted: readonly string[];
}

/** Checks whether a plan changes nothing or is only a release of an environment's app. */
export function judge(plan: Plan, environment: Environment): Verdict {
  return {
    problems: [...problemsOf(plan, environment)],
    changes: plan.resource_changes.flatMap((change) => judged(change, environment) ?? []),
    drifted: plan.resource_drift.map(({ address }) => address),
  };
}

export function isRelease({ problems, changes }: Verdict): boolean {
  return problems.length === 0 && changes.every(({ reasons }) => reasons.length === 0);
}

function* problemsOf(plan: Plan, environment: Environment): Generator<string> {
  const { app } = namesOf(environment);
  const services = servicesIn(plan.resource_changes);
  if (!services.includes(app)) {
    const has = services.length === 0 ? "no service" : `the services ${services.join(", ")}`;
    yield `not a plan of ${environment.name}: it has ${has}, but not ${app}`;
  }
  if (plan.errored === true) yield "planning ended with an error";
  if (plan.complete === false) yield "incomplete: another plan must follow";
  const deferred = plan.deferred_changes.length;
  if (deferred > 0) yield `defers ${deferred} changes to a later plan`;
  const invoked = plan.action_invocations.length;
  if (invoked > 0) yield `invokes ${invoked} actions of providers`;
}

/** @returns undefined if nothing would change */
function judged(resource: ResourceChange, environment: Environment): Judged | undefined {
  const { address, mode, change } = resource;
  const action = actionOf(resource);
  // Reads change nothing, and ephemeral resources are not in the state.
  if (action === "no-op" || mode === "ephemeral" || (mode === "data" && action === "read")) {
    return undefined;
  }
  const differing = differences(
    withContainers(change.before),
    withContainers(change.after),
    change.after_unknown,
  );
  const reasons = [...reasonsAgainst(resource, action, differing, environment)];
  return { address, action, differing, reasons };
}

/** The action as one word. */
function actionOf({ change, previous_address }: ResourceChange): string {
  const { actions, importing } = change;
  if (importing !== undefined && importing !== null) return "import";
  if (previous_address !== undefined) return "move";
  if (actions.length === 1) return actions[0] ?? "no-op";
  return actions.includes("forget") ? "forget" : "replace";
}

function* reasonsAgainst(
  { type, change }: ResourceChange,
  action: string,
  differing: readonly Difference[],
  environment: Environment,
): Generator<string> {
  const kind = ownResources(environment)[type];
  if (kind === undefined) return yield "not the app's resource";
  const [argument, names] = kind.named;
  const before = nameIn(change.before, argument);
  if (!names.some((name) => name === before)) {
    return yield action === "create" ? "a release creates no resources" : "not the app's resource";
  }
  if (!kind.actions.includes(action)) {
    return yield `a release does not ${action} ${kind.what}`;
  }
  for (const { path, isKnown } of differing) {
    if (!isKnown && kind.givenByAws.test(path)) continue;
    if (!kind.mayDiffer.test(path)) yield `a release does not change ${path}`;
    else if (!isKnown) yield `${path} is known only after apply, so it cannot be checked`;
    else if (kind.mayBecome?.test(String(valueAt(change.after, path))) === false) {
      yield `${path} refers to a task definition that is not the app's`;
    }
  }
}

function withContainers(state: unknown): unknown {
  if (typeof state !== "object" || state === null) return state;
  const definitions: unknown = Reflect.get(state, "container_definitions");
  if (definitions === undefined) return state;
  return { ...state, container_definitions: containersByName(definitions) };
}
