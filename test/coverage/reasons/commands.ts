import type { Reasons } from "../unrun.ts";
import { SOAK, FIGURES, DEFECT, TYPES, GONE, ENDED, ASKED } from "./why.ts";

/** Of what users run: commands, plays, soaks, upgrades, views. */
export const ofCommands: Reasons = {
  "harness/commands/command-line.ts": [
    { lines: ["throw error;"], why: DEFECT },
    { lines: ["return false;"], why: "root may write everywhere", isChance: true },
  ],
  "harness/commands/confirm.ts": [
    {
      lines: ['lines.on("SIGINT", () => process.kill(process.pid, "SIGINT"));'],
      why: "tests have no terminal, which alone sends it",
    },
  ],
  "harness/commands/environments.ts": [
    {
      lines: [
        "console.error(`error: ${error instanceof Error ? error.message : String(error)}`);",
        "process.exit(1);",
      ],
      why: "the environments.ts of this repository can be read",
    },
  ],
  "harness/commands/installed-size.ts": [
    { lines: [/\.catch\(\(\) => /], why: GONE, isChance: true },
  ],
  "harness/commands/play-scenarios.ts": [
    {
      lines: [
        "if (!(await isAgreedTo(playable.summary, options.plan ?? {}, signal, output))) return 1;",
      ],
      why: ASKED,
      isChance: true,
    },
  ],
  "harness/commands/run-local.ts": [
    {
      lines: [
        "if (summary !== undefined && !(await isAgreedTo(summary, options, signal))) return 1;",
      ],
      why: ASKED,
    },
  ],
  "harness/commands/run-playground.ts": [
    {
      lines: [
        "if (summary !== undefined && !(await isAgreedTo(summary, plan ?? {}, signal))) return 1;",
      ],
      why: ASKED,
    },
  ],
  "harness/commands/run-upgrade.ts": [
    {
      lines: "the rest",
      why: "an upgrade that changes something is played by hand; tests analyse some",
    },
  ],
  "harness/commands/typed/ending.ts": [
    {
      lines: ["if (signal.aborted) this.end();", "if (this.signal.aborted) return;"],
      why: ENDED,
      isChance: true,
    },
  ],
  "harness/commands/typed/on-commands.ts": [
    { lines: ["if (signal.aborted) return;"], why: ENDED, isChance: true },
  ],
  "harness/soak/clients/client-process.ts": [
    {
      lines: [
        "if (this.#exit !== undefined) return;",
        "throw new Error(`the process of the clients ended with ${this.#exit}`);",
      ],
      why: "only a process of the clients that crashes leads to it",
      isChance: true,
    },
  ],
  "harness/upgrade/unplayable.ts": [{ lines: ["throw error;"], why: DEFECT }],
  "harness/views/report/sides.ts": [
    { lines: ["if (!same) return [];"], why: `${TYPES}: both sides play the same steps` },
  ],
  "harness/views/terminal/app-hints.ts": [
    { lines: [/\.catch\(\(\) => /], why: GONE, isChance: true },
  ],
  "harness/views/terminal/health-hint.ts": [
    {
      lines: ['if (check === undefined || service === undefined) return "";'],
      why: `${TYPES}: a target is of the plan's own groups and services`,
    },
  ],
  "harness/views/timeline/record-bars.ts": [
    {
      lines: ["if (!first || from === undefined || to === undefined) return [];"],
      why: `${TYPES}: a group has an event, and each event a state`,
    },
  ],
  "harness/results/write-results.ts": [
    {
      lines: ["return saveResults(name, makeResults(command, figures, versions));"],
      why: "tests measure nothing that is kept",
    },
  ],
  "harness/commands/figures.ts": [{ lines: "the rest", why: FIGURES }],
  "harness/commands/measure-figures.ts": [{ lines: "the rest", why: FIGURES }],
  "harness/commands/run-soak.ts": [{ lines: "the rest", why: SOAK }],
  "harness/soak/faults/faults.ts": [{ lines: "the rest", why: SOAK }],
  ...Object.fromEntries(
    ["client", "main", "profiles"].map((name) => [
      `harness/soak/clients/${name}.ts`,
      [{ lines: "the rest", why: "the soak kills this process, which then reports nothing" }],
    ]),
  ),
};
