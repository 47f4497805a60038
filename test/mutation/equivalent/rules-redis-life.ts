import type { Equivalents } from "../explained.ts";

export const ofRedisLifeRules: Equivalents = {
  "stacks/rules/redis-life-rules.ts": [
    {
      code: "return Array.isArray(codes) ? codes : [];",
      mutant: 'return Array.isArray(codes) ? codes : ["Stryker was here"];',
      why: "a list of words has no exit code, as an empty one",
    },
    {
      code: 'const [, count, unit = ""] = /^(\\d+)([smh])$/.exec(String(duration)) ?? [];',
      mutant:
        'const [, count, unit = "Stryker was here!"] = /^(\\d+)([smh])$/.exec(String(duration)) ?? [];',
      why: "without a unit there is no count either: NaN times any unit",
    },
    {
      code: 'const [, count, unit = ""] = /^(\\d+)([smh])$/.exec(String(duration)) ?? [];',
      mutant:
        'const [, count, unit = ""] = /^(\\d+)([smh])$/.exec(String(duration)) ?? ["Stryker was here"];',
      why: "the first item is not read",
    },
  ],
};
