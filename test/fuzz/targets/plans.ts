import { hostilePlans } from "../../harness/ecs/terraform/saved/plans.property.ts";
import { Counts, checkProperty } from "../engine/check-property.ts";
import { jsonIn } from "../engine/json-in.ts";
import type { Target } from "../target.ts";

export const target: Target = {
  about: "recorded plans and states in which anything stands anywhere, against the local ECS",
  inputs: 2_000,
  run(context) {
    const counts = new Counts();
    const recorded = [
      ...jsonIn("test/harness/ecs/terraform/saved/plans"),
      ...jsonIn("test/stacks/gate/plans"),
    ];
    return checkProperty(hostilePlans(recorded, counts.add), context, counts.all);
  },
};
