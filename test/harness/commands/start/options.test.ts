import { readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { resolve } from "node:path";
import { expect, test } from "vitest";
import { currentName, faults } from "../../../../harness/plays/faults/index.ts";
import { UsageError } from "../../../../command-line/options.ts";
import {
  hasOwnStack,
  scenarioNames,
  scenarioOf,
} from "../../../../harness/plays/scenarios/list.ts";
import { actionOf, actions } from "../../../../harness/views/playground/actions.ts";
import { startCommand, startOptions } from "../../../../harness/commands/start/options.ts";

test("without dev, the first environment of environments.ts is the default", () => {
  const names = ["qa1", "qa2"];
  expect(startOptions([], names).environment).toBe("qa1");
  expect(startOptions(["--env", "qa2"], names).environment).toBe("qa2");
  expect(() => startOptions(["--env", "dev"], names)).toThrow("Allowed choices are qa1, qa2");
  expect(startCommand(names).helpInformation()).toMatch(/default:\s+qa1\)/);
  expect(startOptions([], ["qa1", "dev"]).environment).toBe("dev");
});

test("faults are played alone or after the given scenarios", () => {
  const alone = startOptions(["--fault", "dns-slow", "kill"]);
  expect(alone).toMatchObject({ scenarios: [], faults: ["dns-slow", "kill"] });
  const both = startOptions(["--scenario", "after", "--fault", "disk-full"]);
  expect(both).toMatchObject({ scenarios: ["after"], faults: ["disk-full"] });
});

test("an earlier name is the fault's name, in every place where a user types one", () => {
  const given = startOptions([
    "--scenario",
    "frozen",
    "--fault",
    "pause",
    "host-lost",
    "redis-moves",
  ]);
  expect(given).toMatchObject({ scenarios: ["freeze"], faults: ["freeze", "lose-host", "drain"] });
  expect(actionOf("frozen")?.fault.name).toBe("freeze");
  const names = faults.map(({ name }) => name);
  expect(new Set(names).size).toBe(names.length);
  for (const name of names) expect(currentName(name)).toBe(name);
});

test.each([
  [["--fault", "nothing"], "Allowed choices are app-deploy, bad-deploy, pull-fails, drain"],
  [["--scenario", "nothing"], "Allowed choices are story, before, after, redis-life"],
  [["--env", "nowhere"], "Allowed choices are dev, stg, prod"],
  [["--seed", "-1"], "a whole number from 0 to 4294967295"],
  [["--scenario", "before", "--env", "dev"], "--env: before"],
  [["--scenario", "before", "--network", "host"], "--network: before has its own stack"],
  [["--report", "nowhere/report.html"], `there is no folder ${resolve("nowhere")}`],
  [["--report", tmpdir()], `"${tmpdir()}" is not the name of a file`],
  [["--report", "/proc/version/report.html"], "there is no folder /proc/version"],
])("%j is refused in one line", (args, message) => {
  const read = () => startOptions(args);
  expect(read).toThrow(UsageError);
  expect(read).toThrow(message);
  expect(read).not.toThrow("\n");
});

test("the list matches the scenarios", async () => {
  const scenarios = await Promise.all(scenarioNames.map(scenarioOf));
  expect(scenarios.map(({ setup }) => setup !== undefined)).toEqual(scenarioNames.map(hasOwnStack));
});

test("docs/local-ecs.md names every fault of --fault, and every action of the playground", () => {
  const page = readFileSync(new URL("../../../../docs/local-ecs.md", import.meta.url), "utf8");
  const namesIn = (start: string, end: string): string[] => {
    const [, list = ""] = page.split(start);
    return [...(list.split(end)[0] ?? "").matchAll(/`([^`]+)`/g)].map(([, name = ""]) => name);
  };
  expect(namesIn("`--fault` takes", ":")).toEqual(faults.map(({ name }) => name));
  expect(namesIn("have the names of their faults:", ";")).toEqual(
    actions.map(({ fault }) => fault.name),
  );
});
