import { expect, it } from "vitest";
import { played, round } from "./played.ts";

// The other soaks of this file are in soak.long.ts: together they cost half a minute of CPU.
it("a soak without the writer lock loses acknowledged writes, and names key and operations", async () => {
  const { failed } = await played([round("drain")], { defect: "no-lock" });
  expect(failed.join("\n")).toMatch(/keys are impossible.*\nkey soak:/);
  expect(failed.join("\n")).toMatch(/soak:\S+ {2}client \d {2}/);
});
