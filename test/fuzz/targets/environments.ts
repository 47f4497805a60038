import { hostileEnvironments } from "../../stacks/config/environments.property.ts";
import { expectSound } from "../../stacks/support/sound.ts";
import { Synthesizer } from "../../stacks/support/synthesized.ts";
import { Counts, checkProperty } from "../engine/check-property.ts";
import type { Target } from "../target.ts";

export const target: Target = {
  about: "environments in which anything stands anywhere, against validation and synthesis",
  inputs: 5_000,
  // CDKTF keeps the tokens of every synthesis of the process.
  growth: 300,
  async run(context) {
    using synthesizer = new Synthesizer();
    const counts = new Counts();
    const property = hostileEnvironments((environments) => {
      Object.values(synthesizer.templatesOf(environments)).forEach(expectSound);
    }, counts.add);
    return await checkProperty(property, context, counts.all);
  },
};
