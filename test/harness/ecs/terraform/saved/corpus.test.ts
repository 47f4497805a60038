import { describe, expect, it } from "vitest";
import { inCorpus, outcomeOf, shapes } from "../../../../support/plans/corpus.ts";

describe("a recorded plan with no option", () => {
  it.each(shapes())("comes up, or is refused, as expected: %s", async (name) => {
    const outcome = `${JSON.stringify(await outcomeOf(name), null, 2)}\n`;
    await expect(outcome).toMatchFileSnapshot(inCorpus(name, "expected.json"));
  });

  it("comes up in most shapes", async () => {
    const outcomes = await Promise.all(shapes().map(outcomeOf));
    const up = outcomes.filter(({ services }) => services !== undefined);
    expect(outcomes.length).toBeGreaterThan(30);
    expect(up.length / outcomes.length).toBeGreaterThan(0.6);
  });
});
