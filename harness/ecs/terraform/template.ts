import { HarnessError } from "../base/errors.ts";
import { NO_ACCOUNT } from "./types/aws-names.ts";
import { computedValues, type KnownValues, type Where } from "./plan/computed.ts";
import type { DeclaredBlocks } from "./configuration/declared.ts";
import { keptArguments } from "./changes/ignored.ts";
import { Model } from "./plan/model.ts";
import { type Block, type Module, moduleOf } from "./configuration/module.ts";
import type { Plan } from "./plan/plan.ts";
import { readPlan } from "./plan/read-plan.ts";
import { Resolver } from "./configuration/resolver.ts";
import type { Scope } from "./configuration/scope.ts";
import { Secrets } from "./plan/secrets.ts";
import { checkTemplate, checkVariables, hasResources } from "./configuration/template-checks.ts";
import { readConfiguration } from "./configuration/written-module.ts";

/** A template that was read and checked: its blocks, plan and secrets. */
export interface Template {
  readonly module: Module;
  readonly declared: DeclaredBlocks;
  readonly plan: Plan;
  /** The provider's region; undefined if the template does not set it. */
  readonly region: string | undefined;
  /** The first allowed account of the provider; zeros if the template does not set it. */
  readonly account: string;
  readonly secrets: Secrets;
  /** {@link KnownValues.drawn} */
  readonly drawn: KnownValues["drawn"];
}

/**
 * What a template is read from: a file or a folder, the content of a file, the module of a template or of a saved
 * plan, or a template that was read.
 */
export type TemplateSource = string | object | Module | Template;

/**
 * Reads and checks a template. One that was read stays as it is, with the secrets that are known now.
 * @param before the template that runs now: arguments in `ignore_changes` keep its values
 * @throws HarnessError with what is invalid, contradictory or not modelled
 */
export async function readTemplate(
  source: TemplateSource,
  known: KnownValues,
  before?: Template,
): Promise<Template> {
  if (isTemplate(source)) {
    return before ? templateOf(source.module, known, before) : withSecrets(source, known);
  }
  return templateOf(isModule(source) ? source : await readModule(source, known), known, before);
}

/** Whether a template was read. */
export const isTemplate = (source: TemplateSource): source is Template =>
  typeof source === "object" && "declared" in source && source.declared instanceof Map;

const isModule = (source: TemplateSource): source is Module =>
  typeof source === "object" && "blocks" in source && source.blocks instanceof Map;

const withSecrets = (template: Template, { parameters, secrets }: KnownValues): Template => ({
  ...template,
  secrets: template.secrets.with({ ...parameters, ...secrets }),
});

async function readModule(source: string | object, known: KnownValues): Promise<Module> {
  const root = await readConfiguration(source);
  checkTemplate(root);
  if (!hasResources(root)) {
    const name = typeof source === "string" ? source : "the template";
    throw new HarnessError("ERR_TEMPLATE", `${name} declares no resource`);
  }
  const unread = { root, blocks: new Map() };
  const resolver = new Resolver(unread, computedValues(whereOf(unread), known));
  const blocks = blocksIn(resolver.root, resolver);
  checkVariables(resolver.root);
  return moduleOf(root, blocks);
}

/** The resources of a module and of those that it calls, with a block for each instance. */
const blocksIn = (scope: Scope, resolver: Resolver): Block[] => [
  ...[...scope.module.resources.keys()].flatMap((name) => resolver.instancesOf(scope, name)),
  ...scope.children().flatMap((child) => blocksIn(child, resolver)),
];

/** {@link readTemplate} for a module. */
export function templateOf(module: Module, known: KnownValues, before?: Template): Template {
  const where = whereOf(module);
  const { region, account } = where;
  if (before) checkMoved(module, before);
  const kept = keptArguments(module, before?.declared ?? new Map());
  const model = Model.of(module, new Resolver(module, computedValues(where, known), kept), region);
  const plan = readPlan(model, known.namespaces);
  return {
    module,
    declared: model.declared,
    plan: known.adjust?.(plan) ?? plan,
    region,
    account,
    secrets: Secrets.of(model, { ...known.parameters, ...known.secrets }),
    drawn: known.drawn,
  };
}

/** The provider's region and account. */
function whereOf(module: Module): Where {
  const resolver = new Resolver(module);
  const [account] = [resolver.provider("allowed_account_ids")].flat();
  const isKnown = typeof account === "string" && /^\d{12}$/.test(account);
  return { region: resolver.region(), account: isKnown ? account : NO_ACCOUNT };
}

/** @throws HarnessError for a `moved` block that would rename a running resource */
function checkMoved({ root }: Module, before: Template): void {
  const renamed = root.moved.find((address) => !before.declared.has(address));
  if (renamed === undefined) return;
  const message = `moved to ${renamed}: renaming a running resource is not modelled by the local ECS; start it again`;
  throw new HarnessError("ERR_UNSUPPORTED", message);
}
