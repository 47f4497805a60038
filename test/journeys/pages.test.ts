// Each page with commands of ours is followed by a journey, or says here why not.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { codeIn, pagePaths } from "../support/markdown.ts";
import { CLONE } from "./support/section.ts";

/** Pages that no journey follows, by the reason. */
const OTHERWISE: Readonly<Record<string, string>> = {
  "CONTRIBUTING.md": "maintainers type them, and .ci/run",
  "docs/app-releases.md": "they need AWS; test/examples/pipeline runs the gate",
  "docs/elasticache.md": "they need AWS",
  "docs/evidence.md": "they take minutes and write results; test/harness/soak runs the soak",
  "docs/local-ecs.md":
    "README's commands with other options; test/system/local-ecs-page.test.ts runs its test",
  "docs/maintainers.md": "maintainers type them",
  "docs/migration.md": "they need AWS; the scenario migrate plays the steps",
  "docs/support.md": "maintainers type them",
  "examples/app/README.md": "test/examples/app runs them",
  "examples/sidecar/README.md": "test/examples/sidecar runs them",
};

const COMMAND = /^(npm|npx|node) /m;

it("each page with commands has a journey", () => {
  const journeys = readdirSync(import.meta.dirname)
    .filter((name) => name.endsWith(".test.ts"))
    .map((name) => readFileSync(join(import.meta.dirname, name), "utf8"))
    .join("\n");
  const pages = pagePaths().filter((page) =>
    codeIn(readFileSync(join(CLONE, page), "utf8"), "sh").some((code) => COMMAND.test(code)),
  );
  expect(pages.length).toBeGreaterThan(5);
  const followed = (page: string): boolean =>
    journeys.includes(`"${page}"`) || Object.hasOwn(OTHERWISE, page);
  expect(pages.filter((page) => !followed(page))).toEqual([]);
});
