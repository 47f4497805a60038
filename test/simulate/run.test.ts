import { expect, it } from "vitest";
import { PARTS, type Part } from "./options.ts";
import { type Played, playParts } from "./run.ts";

/** A run in which each part gives its own name, save for what is given. */
async function played(isWhole: boolean, given: Partial<Record<Part, Played>> = {}) {
  const kept: object[] = [];
  const parts = Object.fromEntries(
    PARTS.map((part) => [part, async () => given[part] ?? { figures: part }]),
  ) as Record<Part, () => Promise<Played>>;
  const code = await playParts(
    { only: PARTS, isWhole },
    parts,
    (figures) => void kept.push(figures),
  );
  return { code, kept };
}

it("a whole run keeps the figures of all its parts, once", async () => {
  const all = Object.fromEntries(PARTS.map((part) => [part, part]));
  expect(await played(true)).toEqual({ code: 0, kept: [all] });
});

it("a part, or another seed, keeps nothing", async () => {
  expect(await played(false)).toEqual({ code: 0, kept: [] });
});

it("a run that differs from the scenario keeps nothing, and fails", async () => {
  const storm = { figures: "storm", hasFailed: true };
  expect(await played(true, { storm })).toEqual({ code: 1, kept: [] });
});
