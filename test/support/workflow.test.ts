import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";

const FOLDER = join(import.meta.dirname, "../../.github/workflows");

/** The steps that use an action, each with the lines below it. */
const uses = readdirSync(FOLDER).flatMap((name) =>
  readFileSync(join(FOLDER, name), "utf8")
    .split(/^ {6}- /m)
    .filter((step) => /^\s*uses: /m.test(step)),
);

describe("the workflows", () => {
  it("pin every action by its commit, with the version beside it", () => {
    expect(uses.length).toBeGreaterThan(5);
    for (const step of uses) {
      expect(step).toMatch(/uses: [\w-]+\/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/m);
    }
  });

  it("keep no credentials in the checkout", () => {
    const checkouts = uses.filter((step) => step.includes("actions/checkout@"));
    expect(checkouts.length).toBeGreaterThan(0);
    for (const step of checkouts) expect(step).toContain("persist-credentials: false");
  });
});
