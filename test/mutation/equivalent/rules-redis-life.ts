import type { Equivalents } from "../explained.ts";

export const ofRedisLifeRules: Equivalents = {
  "stacks/rules/redis-life-rules.ts": [
    {
      code: "return Array.isArray(codes) ? codes : [];",
      mutant: 'return Array.isArray(codes) ? codes : ["Stryker was here"];',
      why: "a list of words has no exit code, as an empty one",
    },
  ],
};
