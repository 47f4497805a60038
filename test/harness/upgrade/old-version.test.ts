import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { defaultFrom } from "../../../harness/upgrade/git.ts";
import { differingPackages } from "../../../harness/upgrade/lock-differences.ts";
import { oldVersion } from "../../../harness/upgrade/old-version.ts";

/** A repository with a main.ts that writes one environment. */
let root: string;

/** A main.ts that writes a module into the given folder. */
const MAIN = `
import { mkdirSync, writeFileSync } from "node:fs";
const folder = process.env.CDKTF_OUTDIR + "/stacks/dev";
mkdirSync(folder, { recursive: true });
writeFileSync(folder + "/cdk.tf.json", '{ "resource": {} }');
`;

const lock = (zod: string): string =>
  JSON.stringify({ packages: { "node_modules/zod": { version: zod } } });

function write(files: Readonly<Record<string, string>>, folder = root): void {
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
}

function git(...args: readonly string[]): void {
  const own = ["-c", "user.name=a", "-c", "user.email=a@example.com"];
  execFileSync("git", [...own, ...args], { cwd: root, stdio: "ignore" });
}

function commit(tag: string): void {
  git("add", "--all");
  git("commit", "-m", tag);
  git("tag", tag);
}

beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), "old-version-"));
  git("init");
  write({ "package-lock.json": lock("1.0.0") });
  commit("v0");
  write({ "main.ts": MAIN, "environments.ts": "", "stacks/a.ts": "" });
  commit("v1");
  write({ "main.ts": 'throw new Error("broken")' });
  commit("v2");
  write({ "main.ts": MAIN });
  commit("v3");
});
afterAll(() => rmSync(root, { recursive: true }));

const said: string[] = [];
const old = (from: string, more: object = {}) =>
  oldVersion({
    root,
    from,
    here: root,
    environment: "dev",
    signal: new AbortController().signal,
    say: (text) => said.push(text),
    ...more,
  });

const MODULE = { resource: {} };

describe("an old version", () => {
  it("is read from a tag, a folder with main.ts or a folder with modules", async () => {
    expect(await old("v1")).toEqual(MODULE);
    expect(await old(".")).toEqual(MODULE);
    write({ "written/stacks/dev/cdk.tf.json": '{ "resource": {} }' });
    expect(await old("written")).toEqual(MODULE);
    rmSync(join(root, "written"), { recursive: true });
  });

  it("installs its own packages if they determine the synthesis", async () => {
    write({ "package-lock.json": lock("1.0.1") });
    // The old version is not a project for npm.
    await expect(old("v1")).rejects.toThrow("--from v1: npm ci of its packages failed");
    expect(said).toEqual(["v1 has other versions of zod: installing them in a temporary folder"]);
    git("checkout", "--", ".");
  });

  it.each<[from: string, message: string, more?: object]>([
    ["v9", "no tag, commit or folder of that name; tags: v"],
    ["stacks", "the folder has neither main.ts nor stacks/dev/cdk.tf.json"],
    ["v0", "(without main.ts, environments.ts, stacks); the first commit that has it is "],
    ["v2", "its main.ts does not synthesize: "],
    ["v1", "there was no environment prod; there were: dev", { environment: "prod" }],
  ])("%s is refused: %s", async (from, message, more) => {
    await expect(old(from, more)).rejects.toMatchObject({
      code: "ERR_UPGRADE_FROM",
      message: expect.stringContaining(message) as string,
    });
  });

  it("that is incomplete is refused", async () => {
    write({ "written/stacks/dev/cdk.tf.json": "{" });
    await expect(old("written")).rejects.toThrow("cdk.tf.json is not JSON");
    rmSync(join(root, "written"), { recursive: true });
  });

  it("is by default HEAD if there are changes, else the last tag", async () => {
    expect(await defaultFrom(root), "not the version itself").toBe("v2");
    write({ "environments.ts": "// changed" });
    expect(await defaultFrom(root)).toBe("HEAD");
    git("checkout", "--", ".");
    git("commit", "--allow-empty", "-m", "untagged");
    expect(await defaultFrom(root)).toBe("v3");
    git("tag", "--delete", "v0");
    git("checkout", "v1");
    expect(await defaultFrom(root), "without a tag before").toBe("HEAD~1");
    git("checkout", "HEAD~1");
    for (const first of [root, tmpdir()]) {
      await expect(defaultFrom(first)).rejects.toThrow("there is no earlier version");
    }
    git("tag", "v0");
    git("checkout", "-");
    git("checkout", "v3");
  });

  it("without a lock file has no known packages", () => {
    expect(differingPackages(join(root, "package-lock.json"), "/nowhere")).toEqual(["zod"]);
  });
});
