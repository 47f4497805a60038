import { expect, test } from "vitest";
import { nextStep } from "../../../../harness/views/terminal/next-step.ts";

const played = (scenario: string, held: boolean) => ({
  scenario,
  seed: 42,
  expectations: [{ step: "a", claim: "b", held, seen: "c" }],
});

test.each([
  ["rotation", "--scenario rotation --seed 42"],
  ["dns-slow", "--fault dns-slow --seed 42"],
])("after a failed play of %s, the command repeats it", (name, options) => {
  const line = nextStep([played("story", true), played(name, false)]);
  expect(line).toContain(`Next: npm start -- ${options} repeats it`);
});
