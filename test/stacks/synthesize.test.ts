import { execFile } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { Vpc } from "@cdktf/provider-aws/lib/vpc/index.js";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { environments } from "../../environments.ts";
import { synthesize } from "../../stacks/synthesize.ts";
import { temporaryProject } from "./support/project.ts";
import { minimalEnvironment } from "./support/template.ts";

const repository = join(import.meta.dirname, "../..");
const tsx = import.meta.resolve("tsx");
let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "synth-"));
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

function read(outdir: string): Record<string, string> {
  const stacks = join(outdir, "stacks");
  return Object.fromEntries(
    readdirSync(stacks).map((name) => [
      name,
      readFileSync(join(stacks, name, "cdk.tf.json"), "utf8"),
    ]),
  );
}

describe("synthesize", () => {
  it("writes one root module per environment and returns the paths", () => {
    const outdir = join(folder, "deep", "out");
    expect(synthesize(environments, { outdir })).toEqual(
      ["dev", "stg", "prod"].map((environment) => ({
        environment,
        path: join(outdir, "stacks", environment, "cdk.tf.json"),
      })),
    );
    expect(Object.keys(read(outdir)).toSorted()).toEqual(["dev", "prod", "stg"]);
  });

  it("writes only the given environments", () => {
    synthesize(environments, { outdir: folder, only: ["stg"] });
    const { stg } = read(folder);
    synthesize({ ...environments, stg: minimalEnvironment }, { outdir: folder, only: ["dev"] });
    expect(Object.keys(read(folder))).toEqual(["dev", "stg"]);
    expect(read(folder)["stg"]).toBe(stg);
  });

  it("writes nothing if any environment is invalid", () => {
    const outdir = join(folder, "out");
    const broken = { ...environments, prod: { ...environments.prod, region: "moon" } };
    expect(() => synthesize(broken, { outdir, only: ["dev"] })).toThrow(
      expect.objectContaining({ code: "ERR_CONFIG_INVALID" }),
    );
    expect(existsSync(outdir)).toBe(false);
  });

  it("restores Error.captureStackTrace, and errors have stacks", () => {
    const before = Object.getOwnPropertyDescriptor(Error, "captureStackTrace");
    const spy = vi.spyOn(Vpc.prototype, "toTerraform").mockImplementation(() => {
      throw new Error("a mistake in the stacks");
    });
    let thrown: unknown;
    try {
      synthesize({ dev: minimalEnvironment }, { outdir: folder });
    } catch (error) {
      thrown = error;
    } finally {
      spy.mockRestore();
    }
    expect(thrown).toHaveProperty("stack", expect.stringMatching(/a mistake.*\n +at /));
    expect(Object.getOwnPropertyDescriptor(Error, "captureStackTrace")).toEqual(before);
  });

  it("writes nothing if a rule is broken", () => {
    synthesize(environments, { outdir: folder, only: ["dev"] });
    const before = read(folder);
    const revert = breakRule();
    try {
      expect(() => synthesize(environments, { outdir: folder })).toThrow(
        expect.objectContaining({ code: "ERR_RULE_BROKEN" }),
      );
    } finally {
      revert();
    }
    expect(read(folder)).toEqual(before);
  });
});

it("a lock file beside a module is kept", () => {
  const lock = join(folder, "stacks/dev/.terraform.lock.hcl");
  synthesize({ dev: minimalEnvironment }, { outdir: folder });
  writeFileSync(lock, "of init");
  synthesize({ dev: minimalEnvironment }, { outdir: folder });
  expect(readFileSync(lock, "utf8")).toBe("of init");
});

/** Simulates a wrong change of the stacks: VPCs lose their DNS hostnames. */
function breakRule(): () => void {
  const spy = vi.spyOn(Vpc.prototype, "toTerraform").mockImplementation(function (this: Vpc) {
    return { resource: { aws_vpc: { [this.friendlyUniqueId]: { enable_dns_support: true } } } };
  });
  return () => spy.mockRestore();
}

/** The reader closes stdout after the first write, as head does. */
const WRITES_ONCE = `let writes = 0;
const { write } = process.stdout;
process.stdout.write = function (...given) {
  if (writes++ > 0) process.exit(9);
  return write.apply(this, given);
};`;

describe("main.ts", () => {
  it("writes the same bytes from any folder to any folder", async () => {
    const [one, other] = [join(folder, "one"), join(folder, "elsewhere", "other")];
    synthesize(environments, { outdir: one });
    const project = temporaryProject(folder);
    const variables = {
      NODE_OPTIONS: `--import data:text/javascript,${encodeURIComponent(WRITES_ONCE)}`,
    };
    expect(await runMain([], { cwd: folder, project, outdir: other, variables })).toEqual({
      code: 0,
      stderr: "",
    });
    expect(read(other)).toEqual(read(one));
  });

  it("refuses an unknown environment with one line, and writes nothing", async () => {
    const outdir = join(folder, "out");
    const { code, stderr } = await runMain(["qa"], { cwd: folder, outdir });
    expect({ code, stderr }).toEqual({
      code: 2,
      stderr: 'error: unknown environment "qa"; allowed: dev, stg, prod\n',
    });
    expect(existsSync(outdir)).toBe(false);
  });
});

interface Run {
  readonly cwd: string;
  readonly outdir?: string;
  readonly project?: string;
  readonly variables?: Readonly<Record<string, string>>;
}

async function runMain(args: string[], { cwd, outdir, project = repository, variables }: Run) {
  const command = ["--import", tsx, join(project, "main.ts"), ...args];
  const { TERRAFORM_BINARY_NAME: _, ...own } = process.env;
  const env = { ...own, ...(outdir !== undefined && { CDKTF_OUTDIR: outdir }), ...variables };
  try {
    const { stderr } = await promisify(execFile)(process.execPath, command, {
      cwd,
      env,
      timeout: 60_000,
    });
    return { code: 0, stderr };
  } catch (error) {
    const { code, stderr } = error as { code: number; stderr: string };
    return { code, stderr };
  }
}
