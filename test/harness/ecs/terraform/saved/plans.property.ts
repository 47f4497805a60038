import * as fc from "fast-check";
import { readSavedPlan, readTemplate } from "../../../../../harness/ecs/index.ts";
import { type Broken, broken } from "../../../../support/broken-values.ts";
import { checkModel } from "../model-check.ts";
import { anything, folded, nothingKnown, orRefused, unfolded } from "../templates.property.ts";

/** Recorded plans with arbitrary values are read as a valid model, or refused with a HarnessError. */
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
