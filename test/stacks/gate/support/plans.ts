import { readFileSync } from "node:fs";
import { environments } from "../../../../environments.ts";
import type { EnvironmentsInput } from "../../../../stacks/config/environment-schema.ts";
import { parseEnvironments } from "../../../../stacks/config/parse-environments.ts";
import { planIn } from "../../../../stacks/gate/plan.ts";
import { report } from "../../../../stacks/gate/report.ts";
import { synthesizedText } from "../../../../stacks/synthesize.ts";
import { isRelease, judge, type Verdict } from "../../../../stacks/gate/verdict.ts";
import { otherEnvironments } from "../../support/other-environments.ts";

// Releases that Terraform planned with the real provider and an emulated AWS, and changed copies of them. What the
// emulator does not keep is as on AWS, and most unchanged resources were removed.

export const APP = "aws_ecs_task_definition.app_task_definition";
export const SERVICE = "aws_ecs_service.app_service";
export const REDIS = "aws_ecs_task_definition.redis_task_definition";
export const REDIS_SERVICE = "aws_ecs_service.redis_service";
export const IMAGE = "data.aws_ssm_parameter.app_image";
export const ECS = "arn:aws:ecs:eu-central-1:111111111111";

export type Fields = Record<string, unknown>;

export interface DraftChange {
  address: string;
  mode: string;
  type: string;
  change: {
    actions: string[];
    before: Fields | null;
    after: Fields | null;
    after_unknown: Fields;
    [field: string]: unknown;
  };
  [field: string]: unknown;
}

interface DraftResource {
  address: string;
  expressions: Fields;
  [field: string]: unknown;
}

export interface Draft {
  resource_changes: DraftChange[];
  configuration: {
    provider_config: Record<string, { expressions: Fields; [field: string]: unknown }>;
    root_module: { resources: DraftResource[]; [field: string]: unknown };
    [field: string]: unknown;
  };
  [field: string]: unknown;
}

export type Forge = (draft: Draft) => void;

export function recorded(name: string): Draft {
  const file = new URL(`../../../support/plans/${name}.plan.json`, import.meta.url);
  return JSON.parse(readFileSync(file, "utf8")) as Draft;
}

function found<T>(list: readonly T[], isFound: (item: T) => boolean): T {
  const item = list.find(isFound);
  if (item === undefined) throw new Error("the plan does not have it");
  return item;
}

export const find = (draft: Draft, address: string): DraftChange =>
  found(draft.resource_changes, (each) => each.address === address);

export const change = (draft: Draft, address: string): DraftChange["change"] =>
  find(draft, address).change;

/** Changes the state of a resource after the plan. */
export function become(draft: Draft, address: string, fields: Fields): void {
  const own = change(draft, address);
  own.after = { ...own.after, ...fields };
}

/** Changes its state before the plan. */
export function was(draft: Draft, address: string, fields: Fields): void {
  const own = change(draft, address);
  own.before = { ...own.before, ...fields };
}

export function everywhere(draft: Draft, address: string, fields: Fields): void {
  was(draft, address, fields);
  become(draft, address, fields);
}

/** A value that only apply knows. */
export function later(draft: Draft, address: string, field: string): void {
  become(draft, address, { [field]: undefined });
  change(draft, address).after_unknown[field] = true;
}

type State = "before" | "after";

/** Changes the text of the app's containers. */
function rewrite(draft: Draft, write: (text: string) => string, states: readonly State[]): void {
  for (const state of states) {
    const own = change(draft, APP)[state];
    if (own) own["container_definitions"] = write(String(own["container_definitions"]));
  }
}

/** The app's containers after the plan. */
export const containersOf = (draft: Draft): Fields[] =>
  JSON.parse(String(change(draft, APP).after?.["container_definitions"])) as Fields[];

/** Changes fields of the app's container. */
export function container(draft: Draft, fields: Fields, ...states: State[]): void {
  const write = (text: string): string =>
    JSON.stringify((JSON.parse(text) as Fields[]).map((each) => ({ ...each, ...fields })));
  rewrite(draft, write, states.length === 0 ? ["after"] : states);
}

export function replace(draft: Draft, from: string, to: string, ...states: State[]): void {
  const write = (text: string): string => {
    if (!text.includes(from)) throw new Error(`the containers have no ${from}`);
    return text.replace(from, () => to);
  };
  rewrite(draft, write, states.length === 0 ? ["after"] : states);
}

/** A resource stays as it was before the plan. */
export function keep(draft: Draft, address: string): void {
  const own = change(draft, address);
  Object.assign(own, { actions: ["no-op"], after: own.before, after_unknown: {} });
}

export function update(draft: Draft, address: string, fields: Fields): void {
  become(draft, address, fields);
  change(draft, address).actions = ["update"];
}

export const configured = (draft: Draft, address: string): DraftResource =>
  found(draft.configuration.root_module.resources, (each) => each.address === address);

/** Adds a resource to the configuration. */
export function declare(draft: Draft, address: string): { mode: string; type: string } {
  const [first = "", ...rest] = address.split(".");
  const mode = ["data", "ephemeral"].includes(first) ? first : "managed";
  const type = mode === "managed" ? first : String(rest[0]);
  draft.configuration.root_module.resources.push({ address, mode, type, expressions: {} });
  return { mode, type };
}

/** Adds a resource that the plan would create or read. */
export function create(draft: Draft, address: string, state: Fields = {}, action = "create"): void {
  const before = action === "no-op" ? state : null;
  const own = { actions: [action], before, after: state, after_unknown: {} };
  draft.resource_changes.push({ address, ...declare(draft, address), change: own });
}

/** The state has revision 5 of the app, which the service runs, or ran. */
export function atRevision5(draft: Draft): string {
  const arn = `${ECS}:task-definition/stg-app:5`;
  was(draft, APP, { revision: 5, arn });
  was(draft, SERVICE, { task_definition: arn });
  return arn;
}

/** The app's service runs a task definition that is known. */
export function runs(draft: Draft, arn: string): void {
  change(draft, SERVICE).after_unknown = {};
  become(draft, SERVICE, { task_definition: arn });
}

/** The image that the plan read from its parameter. */
export function read(draft: Draft, image: unknown): void {
  const text = JSON.stringify(draft["prior_state"]);
  const value = JSON.stringify(image);
  draft["prior_state"] = JSON.parse(
    text.replace(/"insecure_value":"[^"]*"/, () => `"insecure_value":${value}`),
  );
}

const { alarms: _alarms, ...tasks } = otherEnvironments["with-tasks"];
const released = { ...tasks.app, image: tasks.app.image.replace(/[^:]*$/, "emulated-release") };
/** The environment of the plan `with-tasks-release`. */
export const withTasks = { "with-tasks": { ...tasks, app: released } };

const modules = new Map<string, Fields>();

/** The synthesized root module of an environment. */
export const synthesized = (all: EnvironmentsInput, name: string): Fields =>
  JSON.parse(synthesizedText(all, name)) as Fields;

/** The verdict for a plan after a change. Environments are synthesized once. */
export function verdictOf(
  draft: Draft,
  name = "stg",
  all: EnvironmentsInput = name === "with-tasks" ? withTasks : environments,
): Verdict {
  const key = JSON.stringify([name, all]);
  const module = modules.get(key) ?? synthesized(all, name);
  modules.set(key, module);
  const environment = found(parseEnvironments(all), (each) => each.name === name);
  return judge(planIn(JSON.parse(JSON.stringify(draft)), "plan.json"), environment, module);
}

/** What the gate says of the release of an environment after a change, and its exit code. */
export function judged(forge: Forge, name = "stg", all?: EnvironmentsInput) {
  const draft = recorded(`${name}-release`);
  forge(draft);
  const verdict = verdictOf(draft, name, all);
  return { exit: isRelease(verdict) ? 0 : 1, said: report(verdict, name) };
}
