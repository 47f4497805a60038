import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { CHECKSUMS, tarballName } from "../../../harness/release/artifact-names.ts";
import { FILES, NOTES } from "../../../harness/release/artifacts.ts";
import { workflowJobs } from "../../../harness/release/workflow-jobs.ts";

const ROOT = join(import.meta.dirname, "../../..");
const workflow = readFileSync(join(ROOT, ".github/workflows/release.yml"), "utf8");

/** The text of each job, by its name. */
const jobs = new Map(
  (workflow.split(/^jobs:$/m)[1] ?? "")
    .split(/^ {2}(?=\w)/m)
    .slice(1)
    .map((text) => [text.split(":", 1)[0] ?? "", text]),
);
const job = (name: string): string => jobs.get(name) ?? "";

/** The rights of a job's token. */
const rights = (text: string): string[] =>
  /^ {4}permissions:\n((?: {6}.+\n)+)/m.exec(text)?.[1]?.trim().split(/\n\s*/) ?? [];

describe("the workflow of a release", () => {
  it("has the jobs that a dry run tells of", () => {
    expect([...jobs.keys()]).toEqual(Object.keys(workflowJobs("1.2.0")));
  });

  it("runs on tags of versions alone, and may read", () => {
    expect(workflow).toMatch(/^on:\n {2}push:\n {4}tags: \["v\*\.\*\.\*"\]\n\n/m);
    expect(workflow).toMatch(/^permissions:\n {2}contents: read\n\n/m);
  });

  it("gives each job what it needs, one after the other", () => {
    expect([...jobs.values()].map(rights)).toEqual([[], ["id-token: write"], ["contents: write"]]);
    expect(job("publish")).toContain("    needs: build\n");
    expect(job("release")).toContain("    needs: publish\n");
  });

  it("checks and tests the tag before it packs it", () => {
    const commands = [...job("build").matchAll(/- run: (npm .*)/g)].map(([, command]) => command);
    expect(commands).toEqual([
      "npm ci --ignore-scripts",
      "npm run check",
      "npm test",
      'npm run artifacts -- "$GITHUB_REF_NAME"',
    ]);
  });

  it("publishes the file that was tested, with provenance and without a token", () => {
    const tarball = tarballName("VERSION").replace("VERSION", "${GITHUB_REF_NAME#v}");
    expect(job("publish")).toContain(
      `- run: npm publish "./${FILES}/${tarball}" --provenance --access public --ignore-scripts\n`,
    );
    expect(workflow).not.toMatch(/secrets\.|NPM_TOKEN|NODE_AUTH_TOKEN/);
  });

  it("has an npm that knows trusted publishing: that of Node.js 24", () => {
    const [, node] = /node-version: (\d+)/.exec(job("publish")) ?? [];
    expect(Number(node)).toBeGreaterThanOrEqual(24);
  });

  it("installs and checks out nothing where it may publish or write", () => {
    for (const name of ["publish", "release"]) {
      expect(job(name)).not.toMatch(/actions\/checkout|npm (ci|install|i|run|exec) |npx /);
      expect(job(name)).toContain(`cd ${FILES} && sha256sum --check --strict ${CHECKSUMS}\n`);
    }
  });

  it("makes the release with all files, and the text from CHANGELOG", () => {
    expect(job("release")).toMatch(
      new RegExp(`gh release create "\\$GITHUB_REF_NAME" ${FILES}/\\* .*--notes-file ${NOTES}\n`),
    );
  });
});
