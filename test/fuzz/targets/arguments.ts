import { anyArguments } from "../../runtime/dial/arguments.property.ts";
import { Counts, checkProperty } from "../engine/check-property.ts";
import type { Target } from "../target.ts";

export const target: Target = {
  about: "names and options of any form against createSrvDialer",
  inputs: 50_000,
  run(context) {
    const counts = new Counts();
    return checkProperty(anyArguments(counts.add), context, counts.all);
  },
};
