import type { Reasons } from "../unrun.ts";
import { WRITES } from "./why.ts";

/** Of the stacks. */
export const ofStacks: Reasons = {
  "stacks/docs/main.ts": [{ lines: "the rest", why: WRITES }],
  "stacks/modules/main.ts": [{ lines: "the rest", why: WRITES }],
  "stacks/emulated/deployment.ts": [
    {
      lines: [
        'if (created.length === 0) throw new StepError("the plan creates nothing");',
        "throw new StepError(`the plan creates ${this.#planned} resources, and the state has ${length}`);",
        "if (refused !== undefined) throw refused;",
        'if (action !== "update") return [];',
      ],
      why: "only an emulator that is broken leads to it",
    },
  ],
  "stacks/emulated/main.ts": [
    {
      lines: ["return hasHeld ? 0 : 1;"],
      why: "tests interrupt it, and run what it runs to the end",
    },
  ],
  "stacks/emulated/run-emulated.ts": [
    {
      lines: ["else if (hasHeld) print(`not needed: ${fix.says}; ${hint}`);"],
      why: "only a later emulator needs less",
    },
  ],
  "stacks/command/interruption.ts": [
    {
      lines: [
        "} else if (performance.now() - first > SAME_PRESS) process.exit(EXIT_CODES[signal]);",
      ],
      why: "what is ended so writes nothing of what it ran",
      isChance: true,
    },
  ],
  "stacks/load-environments.ts": [
    {
      lines: ['if (!(error instanceof Error) || error.name !== "TransformError") throw error;'],
      why: "the compiler of tests has no error of that name; a test of the command meets it",
      isChance: true,
    },
  ],
  "stacks/emulated/compatibility-proxy.ts": [
    {
      lines: [
        "outgoing.destroy(new Error(`the emulator gave no answer for ${LONGEST_ANSWER / 1000} s`));",
      ],
      why: "an emulator that hangs; a test would wait as long",
    },
  ],
};
