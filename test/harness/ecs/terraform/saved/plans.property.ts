import * as fc from "fast-check";
import { readSavedPlan, readTemplate } from "../../../../../harness/ecs/index.ts";
import { type Broken, broken } from "../../../../support/broken-values.ts";
import { checkModel } from "../model-check.ts";
import { anything, folded, nothingKnown, orRefused, unfolded } from "../templates.property.ts";

/**
 * Recorded plans and states in which anything stands anywhere: they are read as a model without holes, or
 * refused by an error of the harness.
 */
export function hostilePlans(recorded: readonly object[]): fc.IAsyncPropertyWithHooks<[Broken]> {
  const whole = fc.constantFrom(...recorded.map(unfolded));
  return fc.asyncProperty(broken(whole, anything), async ({ value }) => {
    await orRefused(() => read(folded(value)));
  });
}

async function read(plan: object): Promise<void> {
  const { first, next } = await readSavedPlan(plan);
  const present = await readTemplate(first, nothingKnown());
  checkModel(present.plan);
  if (next !== undefined) checkModel((await readTemplate(next, nothingKnown(), present)).plan);
}
