import { expect, test } from "vitest";
import { nextStep } from "../../../../harness/views/terminal/next-step.ts";

const played = (scenario: string, held: boolean) => ({
  scenario,
  seed: 42,
  expectations: [{ step: "a", claim: "b", held, seen: "c" }],
});

test("after plays whose expectations held, other commands are named in one line", () => {
  const line = nextStep([played("story", true)]);
  expect(line).toMatch(/^Next: npm run playground .*npm run local -- --help .*npm start -- --list/);
  expect(line).not.toContain("\n");
});

test("in a narrow terminal each command has a line of its own, and stays whole", () => {
  const lines = nextStep([played("story", true)], 80).split("\n");
  expect(lines).toHaveLength(3);
  expect(lines[2]).toBe("      npm start -- --list (more)");
  expect(nextStep([played("storm", false)], 60).split("\n")).toEqual([
    "Next: npm start -- --scenario storm --seed 42",
    "      plays it again with the same random draws",
  ]);
});

test.each([
  ["storm", "--scenario storm --seed 42"],
  ["dns-slow", "--fault dns-slow --seed 42"],
])("after a play of %s that failed, the command that repeats it is named", (name, options) => {
  const line = nextStep([played("story", true), played(name, false)]);
  expect(line).toContain(`Next: npm start -- ${options} plays it again`);
});

test("after plays in a plan, the next commands are about that plan", () => {
  const plan = ["--plan", "plan.json", "--yes"];
  expect(nextStep([played("story", true)], Infinity, plan)).toContain(
    "npm run playground -- --plan plan.json --yes (break it)",
  );
  expect(nextStep([played("after", false)], Infinity, plan)).toContain(
    "npm start -- --scenario after --seed 42 --plan plan.json --yes plays it again",
  );
});
