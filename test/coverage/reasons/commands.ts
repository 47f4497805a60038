import type { Reasons } from "../unrun.ts";
import { SOAK, FIGURES, DEFECT, TYPES, GONE, ENDED, ASKED, WRITES } from "./why.ts";

/** Of what users run: commands, plays, soaks, upgrades, views. */
export const ofCommands: Reasons = {
  "command-line/options.ts": [
    { lines: ["throw error;"], why: DEFECT },
    { lines: ["return false;"], why: "root may write everywhere", isChance: true },
  ],
  "harness/commands/source/confirm.ts": [
    {
      lines: ['lines.on("SIGINT", () => process.kill(process.pid, "SIGINT"));'],
      why: "tests have no terminal, which alone sends it",
    },
  ],
  "harness/commands/shared/environments.ts": [
    {
      lines: ["console.error(`error: ${messageOf(error)}`);", "process.exit(1);"],
      why: "the environments.ts of this repository can be read",
    },
  ],
  "harness/commands/shared/installed-size.ts": [
    { lines: [/\.catch\(\(\) => /], why: GONE, isChance: true },
  ],
  "harness/commands/start/play-scenarios.ts": [
    {
      lines: [
        "if (!(await isAgreedTo(playable.summary, options.plan ?? {}, signal, output))) return 1;",
      ],
      why: ASKED,
      isChance: true,
    },
    {
      lines: [
        "const output = outputOf(options);",
        "return { options, playable };",
        "const faults = options.faults.map((name) => faultScenario(faultOf(name)));",
        "const page = renderReport(recordings, reportOptions(options, seed, options.report));",
        "writeNamed(options.report, page);",
        "say(options, `wrote ${options.report}`);",
      ],
      why: "tests call what it calls with a plan, a fault or a report",
      isChance: true,
    },
  ],
  "harness/commands/local/run-local.ts": [
    {
      lines: ["throw inTermsOfOptions(error);"],
      why: "tests call it: an environment of this repository needs no option",
      isChance: true,
    },
    {
      lines: [
        "if (summary !== undefined && !(await isAgreedTo(summary, options, signal))) return 1;",
      ],
      why: ASKED,
    },
  ],
  "harness/commands/local/deployments.ts": [
    {
      lines: [
        "await this.#last;",
        "await this.#ecs.waitUntilStable({ timeout });",
        "if (names.length === 0) await this.#ecs.apply(this.#settings.next.at(-1));",
      ],
      why: "commands read from a pipe call for it; tests type them, and have an app of their own",
      isChance: true,
    },
  ],
  "harness/commands/faults/play-faults.ts": [
    {
      lines: [
        'console.log(`wrote ${saveResults("faults", results)}`);',
        "await writeFile(PAGE, page);",
        "console.log(`wrote ${PAGE}`);",
      ],
      why: WRITES,
    },
    {
      lines: [
        "else if (broken.length === 0) {",
        '} else console.log("nothing was written: not every play came to its end");',
      ],
      why: WRITES,
      isChance: true,
    },
  ],
  "harness/commands/scenarios/play-once.ts": [
    {
      lines: [
        'if (error instanceof Error && "stdout" in error && error.stdout !== "") return error;',
      ],
      why: "every play holds; one that does not is told so",
      isChance: true,
    },
  ],
  "harness/commands/playground/settings.ts": [
    {
      lines: [
        "const logs = new ContainerLogs(ecs, isOwn, (line) => console.log(line));",
        'ecs.events.on("container", (event) => logs.hear(event));',
        "void new AppHints(ecs, plan, console.log, columnsOf(process.stdout));",
      ],
      why: "tests open a plan's playground with the app that is found",
      isChance: true,
    },
    {
      lines: [
        "if (target === undefined) throw new Error(`${services.app} has no load balancer, so no users`);",
      ],
      why: `${TYPES}: a plan without a load balancer is refused before`,
    },
  ],
  "harness/commands/start/report-options.ts": [
    {
      lines: ["(faults.length > 0 || !scenarios.every((name) => hasOwnStack(name)));"],
      why: "tests make reports of the first environment",
      isChance: true,
    },
  ],
  "harness/commands/source/saved-plans.ts": [
    {
      lines: ["unused: one.unused.filter((key) => saved.unused.includes(key)),"],
      why: "tests give no value that neither of two plans reads",
      isChance: true,
    },
  ],
  "harness/commands/start/main.ts": [
    {
      lines: ["console.log(scenarioList(columnsOf(process.stdout)));", "return 0;"],
      why: "tests call what it calls",
      isChance: true,
    },
  ],
  "harness/commands/source/template-inputs.ts": [
    {
      lines: ["const means = MEANS[option] ?? ((name, input) => name === input);"],
      why: "tests name the inputs that have a way of their own to be named",
      isChance: true,
    },
  ],
  "harness/commands/local/typed/fault-commands.ts": [
    {
      lines: ["return false;"],
      why: "a task of a fault is gone in the moment in which it is repaired",
      isChance: true,
    },
  ],
  "harness/commands/local/typed/run-commands.ts": [
    {
      lines: ["...faults.active.map((fault) => `  fault: ${faultSentence(fault)}`),"],
      why: "tests ask for the state while no fault lasts",
      isChance: true,
    },
  ],
  "harness/commands/playground/run-playground.ts": [
    {
      lines: [
        "if (summary !== undefined && !(await isAgreedTo(summary, plan ?? {}, signal))) return 1;",
      ],
      why: ASKED,
    },
  ],
  "harness/commands/upgrade/run-upgrade.ts": [
    {
      lines: "the rest",
      why: "an upgrade that changes something is played by hand; tests analyse some",
    },
  ],
  "harness/commands/local/typed/ending.ts": [
    {
      lines: ["if (signal.aborted) this.end();", "if (this.signal.aborted) return;"],
      why: ENDED,
      isChance: true,
    },
  ],
  "harness/commands/local/typed/on-commands.ts": [
    { lines: ["if (signal.aborted) return;"], why: ENDED, isChance: true },
  ],
  "harness/upgrade/unplayable.ts": [{ lines: ["throw error;"], why: DEFECT }],
  "harness/views/playground/live.ts": [
    {
      lines: ["if (response.writableNeedDrain) return;"],
      why: "a browser that reads more slowly than the page changes",
      isChance: true,
    },
  ],
  "harness/views/playground/playground.ts": [
    {
      lines: [
        "for (const side of others) side.start().catch(() => playground.#changed());",
        "if (this.isActive(action)) return conflict(`“${action.title}” lasts already.`);",
        'if (reasons.every((reason) => reason !== undefined)) return conflict(reasons.join(" "));',
        "if (action === undefined) return unknown(name);",
      ],
      why: "the page has no button for it: only a second page that is late presses it",
      isChance: true,
    },
  ],
  "harness/views/playground/server.ts": [
    { lines: ["if (!server.listening) return;"], why: ENDED, isChance: true },
  ],
  "harness/views/playground/side.ts": [
    {
      lines: [
        'if (this.#error !== undefined) return "this setup does not run";',
        "(error) => run.fail(error),",
        "this.#runs.get(fault.name)?.note(messageOf(error));",
        'if (!stage) throw new Error("the environment is still being started");',
      ],
      why: "a setup that does not come up, or a fault that cannot be repaired: none of the tests",
      isChance: true,
    },
    { lines: ["await this.close();"], why: "a playground closes its sides", isChance: true },
  ],
  "harness/views/timeline/host-rows.ts": [
    { lines: ["return ["], why: "every task of the plays finds a host", isChance: true },
  ],
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
  "harness/views/terminal/viewer.ts": [{ lines: [/\.catch\(\(\) => /], why: GONE, isChance: true }],
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
  "harness/commands/soak/run-soak.ts": [{ lines: "the rest", why: SOAK }],
  "harness/soak/faults/faults.ts": [{ lines: "the rest", why: SOAK }],
  ...Object.fromEntries(
    ["client", "main", "profiles"].map((name) => [
      `harness/soak/clients/${name}.ts`,
      [{ lines: "the rest", why: "the soak kills this process, which then reports nothing" }],
    ]),
  ),
};
