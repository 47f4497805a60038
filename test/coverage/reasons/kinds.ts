import type { Reasons } from "../unrun.ts";
import { DEFECT } from "./why.ts";

/** Lines of one kind, wherever they are in a folder. */
export const ofKinds: Reasons = {
  "stacks/": [
    {
      lines: [
        /^(?:\} else )?if \(!\(error instanceof \w+\)\) throw error;$/,
        /^if \(!isExpected\) throw error;$/,
      ],
      why: DEFECT,
    },
  ],
  "harness/": [
    { lines: [/^if \(!\(error instanceof \w+\)\) throw error;$/], why: DEFECT },
    { lines: [/^(?:return )?[\w.]+ satisfies never;$/], why: "the types leave nothing for it" },
  ],
  "harness/plays/": [
    {
      lines: [/^if \((?:!.+|\S+ === undefined)\) throw new Error\(/],
      why: "only a scenario or a setup that is made wrongly meets it, which fails then",
    },
  ],
};
