import { anyUrl } from "../../runtime/redis/urls.property.ts";
import { Counts, checkProperty } from "../engine/check-property.ts";
import type { Target } from "../target.ts";

export const target: Target = {
  about: "Redis URLs of any form against createRedis",
  inputs: 50_000,
  run(context) {
    const counts = new Counts();
    return checkProperty(anyUrl(counts.add), context, counts.all);
  },
};
