import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";

const ROOT = join(import.meta.dirname, "../..");
const FOLDERS = [".github/workflows", "examples/pipeline"];

const workflows = FOLDERS.flatMap((folder) =>
  readdirSync(join(ROOT, folder))
    .filter((name) => name.endsWith(".yml"))
    .map((name) => readFileSync(join(ROOT, folder, name), "utf8")),
);

/** The steps that use an action, with their lines. */
const uses = workflows.flatMap((text) =>
  text.split(/^ {6}- /m).filter((step) => /^\s*uses: /m.test(step)),
);

describe("the workflows", () => {
  it("pin every action by commit, with a version comment", () => {
    expect(workflows.length).toBeGreaterThanOrEqual(3);
    expect(uses.length).toBeGreaterThan(10);
    for (const step of uses) {
      expect(step).toMatch(/uses: [\w-]+\/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/m);
    }
  });

  it("keep no credentials in the checkout", () => {
    const checkouts = uses.filter((step) => step.includes("actions/checkout@"));
    expect(checkouts.length).toBeGreaterThanOrEqual(3);
    for (const step of checkouts) expect(step).toContain("persist-credentials: false");
  });

  it("read no cache of other runs where they publish or deploy", () => {
    const paths = [".github/workflows/release.yml", "examples/pipeline/app-release.yml"];
    const careful = [...paths, "examples/pipeline/drift.yml"].flatMap((path) =>
      readFileSync(join(ROOT, path), "utf8").split(/^ {6}- /m),
    );
    const setups = careful.filter((step) => step.includes("uses: actions/setup-node@"));
    expect(setups.length).toBe(4);
    for (const step of setups) {
      expect(step).toContain("package-manager-cache: false");
      expect(step).not.toMatch(/^ *cache:/m);
    }
  });

  it("run no install scripts of packages outside a container", () => {
    const installs = workflows.flatMap(
      (text) => text.match(/^.*\bnpm (ci|install|i)\b.*$/gm) ?? [],
    );
    const outside = installs.filter((line) => !line.includes("redis-on-ecs sh -c"));
    expect(outside.length).toBeGreaterThan(4);
    expect(outside.filter((line) => !line.includes("--ignore-scripts"))).toEqual([]);
  });

  it("use only the committed provider lock file, if there is one", () => {
    const inits = workflows.flatMap((text) =>
      text.split("\n").filter((line) => / init /.test(line)),
    );
    // A child module, which has no backend, has no lock file either: its callers have theirs.
    const open = inits.filter((line) => !/-lockfile=readonly|-backend=false/.test(line));
    expect(inits.filter((line) => line.includes("-input=false")).length).toBeGreaterThanOrEqual(4);
    expect(open.filter((line) => !line.trim().startsWith("#"))).toEqual([]);
  });

  it("give write access only to jobs that install and run nothing from a registry", () => {
    const jobs = workflows.flatMap((text) =>
      text
        .split(/^jobs:$/m)
        .slice(1)
        .join("")
        .split(/^ {2}(?=\w)/m),
    );
    const writing = jobs.filter((job) => /^ {6}(contents|pull-requests): write$/m.test(job));
    // The release.
    expect(writing.length).toBe(1);
    for (const job of writing)
      expect(job).not.toMatch(/^ *(- run: )?(npm|npx|node|terraform|tofu) /m);
    const atTop = workflows.filter((text) => /^ {2}(contents|pull-requests): write$/m.test(text));
    expect(atTop).toEqual([]);
  });

  it("publish without a token, from jobs without checkout and installation", () => {
    const release = readFileSync(join(ROOT, ".github/workflows/release.yml"), "utf8");
    expect(release).not.toMatch(/secrets\.|NPM_TOKEN|NODE_AUTH_TOKEN/);
    const [, publish = ""] = release.split(/^ {2}publish:$/m);
    expect(publish).toMatch(/npm publish .* --provenance --access public --ignore-scripts/);
    expect(publish).not.toMatch(/actions\/checkout|npm (ci|install|i|run|exec) |npx /);
    expect(publish.match(/sha256sum --check --strict SHA256SUMS/g)).toHaveLength(2);
  });
});
