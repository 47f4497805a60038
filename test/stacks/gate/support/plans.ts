import { readFileSync } from "node:fs";
import { environments } from "../../../../environments.ts";
import type { EnvironmentsInput } from "../../../../stacks/config/environment-schema.ts";
import { parseEnvironments } from "../../../../stacks/config/parse-environments.ts";
import { planIn, PlanError } from "../../../../stacks/gate/plan.ts";
import { report } from "../../../../stacks/gate/report.ts";
import { synthesized } from "../../../../stacks/gate/synthesized.ts";
import { isRelease, judge, type Verdict } from "../../../../stacks/gate/verdict.ts";
import type { Template } from "../../../../stacks/rules/template.ts";
import { otherEnvironments } from "../../support/other-environments.ts";

// Plans that were recorded with the real provider, and changed copies of them. From the plan with tasks, the known
// differences of the emulated AWS, most unchanged resources and the configuration were removed.

export const APP = "aws_ecs_task_definition.app_task_definition";
export const SERVICE = "aws_ecs_service.app_service";
export const REDIS = "aws_ecs_task_definition.redis_task_definition";
export const REDIS_SERVICE = "aws_ecs_service.redis_service";

export type Fields = Record<string, unknown>;

export interface DraftChange {
  address: string;
  mode?: string;
  type?: string;
  provider_name?: string;
  previous_address?: string;
  deposed?: string;
  action_reason?: string;
  change: {
    actions: string[];
    before: Fields | null;
    after: Fields | null;
    after_unknown: Fields | boolean;
    before_sensitive?: Fields;
    after_sensitive?: Fields | boolean;
    importing?: object;
  };
}

export interface DraftResource {
  address: string;
  mode: string;
  [field: string]: unknown;
}

export interface Draft {
  [field: string]: unknown;
  resource_changes: DraftChange[];
  configuration: {
    provider_config: Record<string, { expressions?: Fields; [field: string]: unknown }>;
    root_module: { resources: DraftResource[]; [field: string]: unknown };
  };
}

export type Change = (draft: Draft) => void;

function recorded(name: string): Draft {
  const file = new URL(`../../../support/plans/${name}.plan.json`, import.meta.url);
  return JSON.parse(readFileSync(file, "utf8")) as Draft;
}

export function find({ resource_changes: changes }: Draft, address: string): DraftChange {
  const found = changes.find((each) => each.address === address);
  if (!found) throw new Error(`the plan has no ${address}`);
  return found;
}

/** The state of a resource before the plan. */
export function before(draft: Draft, address: string): Fields {
  const { before: state } = find(draft, address).change;
  if (state === null) throw new Error(`${address} does not exist yet`);
  return state;
}

/** The state of a resource after the plan. */
export function after(draft: Draft, address: string): Fields {
  const { after: state } = find(draft, address).change;
  if (state === null) throw new Error(`${address} would be gone`);
  return state;
}

/** Changes the containers of a task definition after the plan. */
export function containers(
  draft: Draft,
  change: (list: Fields[]) => Fields[],
  address = APP,
): void {
  const state = after(draft, address);
  const list = JSON.parse(String(state["container_definitions"])) as Fields[];
  state["container_definitions"] = JSON.stringify(change(list));
}

/** Changes fields of the app's container after the plan. */
export function container(draft: Draft, fields: Fields): void {
  containers(draft, (list) => list.map((each) => ({ ...each, ...fields })));
}

/** Adds a change to an unchanged resource. */
export function update(draft: Draft, address: string, changes: Fields): void {
  const { change } = find(draft, address);
  change.actions = ["update"];
  change.after = { ...change.before, ...changes };
}

/** Makes every resource unchanged. */
export function withoutChanges(draft: Draft): void {
  for (const { change } of draft.resource_changes) {
    Object.assign(change, { actions: ["no-op"], after: change.before, after_unknown: {} });
  }
}

/** The configuration of a resource. */
export function configured({ configuration }: Draft, address: string): DraftResource {
  const found = configuration.root_module.resources.find((each) => each.address === address);
  if (!found) throw new Error(`the configuration has no ${address}`);
  return found;
}

/** Adds a resource to the configuration. */
export function declare(draft: Draft, address: string, fields: Fields = {}): void {
  const [first = "", ...rest] = address.split(".");
  const mode = ["data", "ephemeral"].includes(first) ? first : "managed";
  const [type, name] = mode === "managed" ? [first, rest[0]] : rest;
  draft.configuration.root_module.resources.push({
    address,
    mode,
    type,
    name,
    expressions: {},
    ...fields,
  });
}

/** Adds a resource that the plan would create or read. */
export function create(draft: Draft, address: string, state: Fields = {}, action = "create"): void {
  declare(draft, address);
  const { mode, type } = configured(draft, address);
  draft.resource_changes.push({
    address,
    mode,
    type: String(type),
    change: { actions: [action], before: null, after: state, after_unknown: {} },
  });
}

/** The app's service runs a task definition that is known. */
export function runs(draft: Draft, arn: string): void {
  find(draft, SERVICE).change.after_unknown = {};
  after(draft, SERVICE)["task_definition"] = arn;
}

/** The state has this revision of the app. */
export function atRevision(draft: Draft, revision: number): void {
  const arn = `arn:aws:ecs:eu-central-1:111111111111:task-definition/stg-app:${revision}`;
  Object.assign(before(draft, APP), { revision, arn });
  before(draft, SERVICE)["task_definition"] = arn;
}

export function environment(name: string, all: EnvironmentsInput = environments) {
  const found = parseEnvironments(all).find((each) => each.name === name);
  if (!found) throw new Error(`no environment ${name}`);
  return found;
}

const stg = once(() => synthesized(environments, "stg"));
const withTasks = once(() => synthesized(otherEnvironments, "with-tasks"));

function once<T>(make: () => T): () => T {
  let made: T | undefined;
  return () => (made ??= make());
}

/** What the gate says, and its exit code. */
export interface Outcome {
  readonly exit: 0 | 1 | 2;
  readonly said: string;
}

/** The outcome for a release of stg after a change of its plan. */
export const judged = (change: Change, name = "stg-app-release"): Outcome =>
  outcome(recorded(name), change, "stg", environments, stg());

/** The same for an environment with tasks. Its plan is from a newer provider. */
export function judgedWithTasks(
  change: Change,
  all: EnvironmentsInput = otherEnvironments,
): Outcome {
  const draft = recorded("with-tasks-app-release");
  const template = all === otherEnvironments ? withTasks() : synthesized(all, "with-tasks");
  addConfiguration(draft, template);
  return outcome(draft, change, "with-tasks", all, template);
}

/** The plan with tasks was recorded before the gate read configurations, so it gets that of the environment. */
function addConfiguration(draft: Draft, template: Template): void {
  const providers = template.json["provider"] as Record<string, Fields[]>;
  const written = Object.entries(providers).map(
    ([name, [settings]]) =>
      [name, { name, expressions: expressionsOf(settings) as Fields }] as const,
  );
  draft.configuration = {
    provider_config: Object.fromEntries(written),
    root_module: { resources: [] },
  };
  for (const { address, type } of draft.resource_changes) {
    const body = template.all(String(type)).find((each) => each.address === address)?.body;
    declare(draft, address, { expressions: expressionsOf(body ?? {}) });
  }
}

const NOT_ARGUMENTS = new Set(["//", "depends_on", "lifecycle"]);

/** Arguments as Terraform writes those of JSON into the configuration of a plan: blocks as lists. */
function expressionsOf(written: unknown): unknown {
  if (Array.isArray(written) && written.some((each) => typeof each === "object")) {
    return written.map(expressionsOf);
  }
  if (typeof written !== "object" || written === null || Array.isArray(written)) {
    return { constant_value: written };
  }
  const own = Object.entries(written).filter(([name]) => !NOT_ARGUMENTS.has(name));
  return Object.fromEntries(
    own.map(([name, value]) => {
      const isBlock =
        typeof value === "object" && value !== null && !Array.isArray(value) && name !== "tags";
      return [name, isBlock ? [expressionsOf(value)] : expressionsOf(value)];
    }),
  );
}

function outcome(
  draft: Draft,
  change: Change,
  name: string,
  all: EnvironmentsInput,
  template: Template,
): Outcome {
  change(draft);
  try {
    const verdict = judge(planIn(draft, "plan.json"), environment(name, all), template);
    return { exit: isRelease(verdict) ? 0 : 1, said: report(verdict, name) };
  } catch (error) {
    if (!(error instanceof PlanError)) throw error;
    return { exit: 2, said: error.message };
  }
}

/** The verdict for a recorded plan after a change. */
export function verdictOf(name: string, of: string, change: Change = () => {}): Verdict {
  const draft = recorded(name);
  change(draft);
  const template = of === "stg" ? stg() : synthesized(environments, of);
  return judge(planIn(draft, "plan.json"), environment(of), template);
}
