import { computedValues, type KnownValues } from "./computed.ts";
import type { DeclaredBlocks } from "./declared.ts";
import { keptArguments } from "./ignored.ts";
import { Model } from "./model.ts";
import { readModule, type Module } from "./module.ts";
import type { Plan } from "./plan.ts";
import { readPlan } from "./read-plan.ts";
import { Resolver } from "./resolver.ts";
import { Secrets } from "./secrets.ts";

/** A template that has been read and checked: its blocks, its plan and its secrets. */
export interface Template {
  readonly module: Module;
  readonly declared: DeclaredBlocks;
  readonly plan: Plan;
  /** The provider's region; undefined if the template does not give it. */
  readonly region: string | undefined;
  readonly secrets: Secrets;
}

/**
 * Reads and checks a template.
 * @param before the template that runs now: arguments in `ignore_changes` are kept from it
 * @throws HarnessError naming what is broken, contradictory or not modelled
 */
export async function readTemplate(
  source: string | object,
  known: KnownValues,
  before?: Template,
): Promise<Template> {
  return templateOf(await readModule(source), known, before);
}

/** {@link readTemplate} of a module that has been read. */
export function templateOf(module: Module, known: KnownValues, before?: Template): Template {
  const kept = keptArguments(module, before?.declared ?? new Map());
  const region = new Resolver(module).region();
  const resolver = new Resolver(module, computedValues(region, known), kept);
  const model = Model.of(module, resolver, region);
  return {
    module,
    declared: model.declared,
    plan: readPlan(model, known.namespaces),
    region,
    secrets: Secrets.of(model, { ...known.parameters, ...known.secrets }),
  };
}
