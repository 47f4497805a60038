import type { Equivalents } from "../explained.ts";

export const ofOrder: Equivalents = {
  "runtime/src/dial/order.ts": [
    {
      code: "if (targets.length < 2) return [...targets];",
      mutant: "if (false) return [...targets];",
      why: "a shortcut: the rest gives the same list",
    },
    {
      code: "if (target !== undefined) drawn.push(target);",
      mutant: "if (true) drawn.push(target);",
      why: "for the compiler: a list that is not empty gives an item",
    },
    {
      code: "for (let last = items.length - 1; last > 0; last--) {",
      mutant: "for (let last = items.length - 1; last >= 0; last--) {",
      why: "the first item would change places with itself",
    },
  ],
};
