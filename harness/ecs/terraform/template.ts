import { HarnessError } from "../base/errors.ts";
import { NO_ACCOUNT } from "./types/aws-names.ts";
import { computedValues, type KnownValues, type Where } from "./plan/computed.ts";
import { counted } from "./configuration/counted.ts";
import type { DeclaredBlocks } from "./configuration/declared.ts";
import { keptArguments } from "./changes/ignored.ts";
import { Model } from "./plan/model.ts";
import { readModule, type Module } from "./configuration/module.ts";
import type { Plan } from "./plan/plan.ts";
import { readPlan } from "./plan/read-plan.ts";
import { Resolver } from "./configuration/resolver.ts";
import { Secrets } from "./plan/secrets.ts";
import { checkVariables } from "./configuration/variable-checks.ts";

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
}

/**
 * Reads and checks a template.
 * @param before the template that runs now: arguments in `ignore_changes` keep its values
 * @throws HarnessError with what is invalid, contradictory or not modelled
 */
export async function readTemplate(
  source: TemplateSource,
  known: KnownValues,
  before?: Template,
): Promise<Template> {
  return templateOf(isModule(source) ? source : await readModule(source), known, before);
}

/** @throws HarnessError for a `moved` block that would rename a running resource */
function checkMoved({ moved }: Module, before: Template): void {
  const renamed = moved.find((address) => !before.declared.has(address));
  if (renamed === undefined) return;
  const message = `moved to ${renamed}: renaming a running resource is not modelled by the local ECS; start it again`;
  throw new HarnessError("ERR_UNSUPPORTED", message);
}

/** A template: a file or a folder, the content of a file, or the module of a saved plan. */
export type TemplateSource = string | object | Module;

const isModule = (source: TemplateSource): source is Module =>
  typeof source === "object" && "blocks" in source && source.blocks instanceof Map;

/** The provider's region and account. */
function whereOf(resolver: Resolver): Where {
  const [account] = [resolver.provider("allowed_account_ids")].flat();
  const isKnown = typeof account === "string" && /^\d{12}$/.test(account);
  return { region: resolver.region(), account: isKnown ? account : NO_ACCOUNT };
}

/** {@link readTemplate} for a module. */
export function templateOf(written: Module, known: KnownValues, before?: Template): Template {
  const where = whereOf(new Resolver(written));
  const { region, account } = where;
  const computed = computedValues(where, known);
  const module = counted(written, new Resolver(written, computed));
  if (before) checkMoved(module, before);
  const kept = keptArguments(module, before?.declared ?? new Map());
  const resolver = new Resolver(module, computed, kept);
  checkVariables(module.root, resolver);
  const model = Model.of(module, resolver, region);
  const plan = readPlan(model, known.namespaces);
  return {
    module,
    declared: model.declared,
    plan: known.adjust?.(plan) ?? plan,
    region,
    account,
    secrets: Secrets.of(model, { ...known.parameters, ...known.secrets }),
  };
}
