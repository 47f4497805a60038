import { execFile } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { Vpc } from "@cdktf/provider-aws/lib/vpc/index.js";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { environments } from "../../environments.ts";
import { synthesize } from "../../stacks/synthesize.ts";
import { differences } from "./support/differences.ts";
import { leastEnvironment, templateOf, type Template } from "./support/template.ts";

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
  it("writes one root module per environment and says where", () => {
    const outdir = join(folder, "deep", "out");
    expect(synthesize(environments, { outdir })).toEqual(
      ["dev", "stg", "prod"].map((environment) => ({
        environment,
        path: join(outdir, "stacks", environment, "cdk.tf.json"),
      })),
    );
    expect(Object.keys(read(outdir)).toSorted()).toEqual(["dev", "prod", "stg"]);
  });

  it("writes the environments that are asked for, and leaves others as they are", () => {
    synthesize(environments, { outdir: folder, only: ["stg"] });
    const { stg } = read(folder);
    synthesize({ ...environments, stg: leastEnvironment }, { outdir: folder, only: ["dev"] });
    expect(Object.keys(read(folder))).toEqual(["dev", "stg"]);
    expect(read(folder)["stg"]).toBe(stg);
  });

  it("writes the same bytes twice, wherever it is run and writes to", async () => {
    const [one, other] = [join(folder, "one"), join(folder, "elsewhere", "other")];
    synthesize(environments, { outdir: one });
    await runMain([], { cwd: folder, outdir: other });
    expect(read(other)).toEqual(read(one));
  });

  it("writes nothing for a configuration that is refused, even of an environment not asked for", () => {
    const outdir = join(folder, "out");
    const broken = { ...environments, prod: { ...environments.prod, region: "moon" } };
    expect(() => synthesize(broken, { outdir, only: ["dev"] })).toThrow(
      expect.objectContaining({ code: "ERR_CONFIG_INVALID" }),
    );
    expect(existsSync(outdir)).toBe(false);
  });

  it("leaves the capture of call stacks as it was, and an error inside has its own", () => {
    const before = Object.getOwnPropertyDescriptor(Error, "captureStackTrace");
    const spy = vi.spyOn(Vpc.prototype, "toTerraform").mockImplementation(() => {
      throw new Error("a mistake in the stacks");
    });
    let thrown: unknown;
    try {
      synthesize({ dev: leastEnvironment }, { outdir: folder });
    } catch (error) {
      thrown = error;
    } finally {
      spy.mockRestore();
    }
    expect(thrown).toHaveProperty("stack", expect.stringMatching(/a mistake.*\n +at /));
    expect(Object.getOwnPropertyDescriptor(Error, "captureStackTrace")).toEqual(before);
  });

  it("writes nothing for stacks that break a rule, and leaves what is there", () => {
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

  it("names an unknown environment and those it knows", () => {
    expect(() => synthesize(environments, { outdir: folder, only: ["dev", "qa"] })).toThrow(
      expect.objectContaining({
        code: "ERR_CONFIG_UNKNOWN_ENVIRONMENT",
        message: 'unknown environment "qa": known are dev, stg, prod',
      }),
    );
  });
});

/** A careless edit of the stacks: VPCs lose their DNS hostnames. */
function breakRule(): () => void {
  const spy = vi.spyOn(Vpc.prototype, "toTerraform").mockImplementation(function (this: Vpc) {
    return { resource: { aws_vpc: { [this.friendlyUniqueId]: { enable_dns_support: true } } } };
  });
  return () => spy.mockRestore();
}

describe("a deploy of the app", () => {
  it("changes the app's task definition alone", () => {
    const { dev } = environments;
    const released = { ...dev, app: { ...dev.app, image: `${dev.app.image}-next` } };
    const before = templateOf(environments, "dev");
    const after = templateOf({ ...environments, dev: released }, "dev");
    expect(differences(before, after)).toEqual(["aws_ecs_task_definition.app_task_definition"]);
    expect(outsideResources(after)).toEqual(outsideResources(before));
  });
});

function outsideResources({ json }: Template): unknown {
  return { ...json, resource: undefined };
}

describe("main.ts", () => {
  it("refuses an unknown environment in one line, and writes nothing", async () => {
    const outdir = join(folder, "out");
    const { code, stderr } = await runMain(["qa"], { cwd: folder, outdir });
    expect({ code, stderr }).toEqual({
      code: 1,
      stderr: 'unknown environment "qa": known are dev, stg, prod\n',
    });
    expect(existsSync(outdir)).toBe(false);
  });
});

async function runMain(args: string[], { cwd, outdir }: { cwd: string; outdir: string }) {
  const command = ["--import", tsx, join(repository, "main.ts"), ...args];
  const env = { ...process.env, CDKTF_OUTDIR: outdir };
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
