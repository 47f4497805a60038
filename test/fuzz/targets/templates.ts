import { environments } from "../../../environments.ts";
import { hostileTemplates } from "../../harness/ecs/terraform/templates.property.ts";
import { Synthesizer } from "../../stacks/support/synthesized.ts";
import { Counts, checkProperty } from "../engine/check-property.ts";
import type { Target } from "../target.ts";

export const target: Target = {
  about: "synthesized templates in which anything stands anywhere, against the local ECS",
  inputs: 2_000,
  run(context) {
    using synthesizer = new Synthesizer();
    const templates = Object.values(synthesizer.templatesOf(environments)).map(({ json }) => json);
    const counts = new Counts();
    return checkProperty(hostileTemplates(templates, counts.add), context, counts.all);
  },
};
