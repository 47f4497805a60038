import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
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

const hash = (text: string): string => createHash("sha512").update(text).digest("base64");

/** Runs the step that publishes, where npm has a package with this integrity. @returns what npm is told to do */
function publish(integrity: (tarball: string) => string): { output: string; told: string[] } {
  const [, step = ""] = /- name: Publish\n {8}run: \|\n((?: {10}.*\n)+)/.exec(job("publish")) ?? [];
  const folder = mkdtempSync(join(tmpdir(), "publish-"));
  try {
    const tarball = "what was tested";
    mkdirSync(join(folder, FILES));
    writeFileSync(join(folder, FILES, tarballName("1.2.3")), tarball);
    const npm = `#!/bin/sh\nif [ "$1" = view ]; then echo '${integrity(tarball)}'; else echo "$@" >> told; fi\n`;
    writeFileSync(join(folder, "npm"), npm, { mode: 0o755 });
    const { stdout, status } = spawnSync("bash", ["-e", "-c", step], {
      cwd: folder,
      encoding: "utf8",
      env: {
        PATH: `${folder}:${dirname(process.execPath)}:${process.env["PATH"]}`,
        GITHUB_REF_NAME: "v1.2.3",
      },
    });
    expect(status).toBe(0);
    const told = spawnSync("cat", ["told"], { cwd: folder, encoding: "utf8" }).stdout;
    return { output: stdout, told: told.split("\n").filter((line) => line !== "") };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

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

  it.each([
    ["no such version", () => ""],
    // npm refuses it, and says so.
    ["another package of that version", () => "sha512-other"],
  ])("publishes the file that was tested, with provenance, where npm has %s", (_, integrity) => {
    const file = `./${FILES}/${tarballName("1.2.3")}`;
    expect(publish(integrity).told).toEqual([
      `publish ${file} --provenance --access public --ignore-scripts`,
    ]);
  });

  it("goes on where npm has that file already: the job can be run again", () => {
    const { output, told } = publish((tarball) => `sha512-${hash(tarball)}`);
    expect(output).toBe("npm has this package already\n");
    expect(told).toEqual([]);
  });

  it("publishes without a token", () => {
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
