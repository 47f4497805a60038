import { execFile } from "node:child_process";
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ConfigError, parseRedis, parseService } from "../../stacks/index.ts";
import { brokenRules } from "../../stacks/rules/index.ts";
import { codeIn } from "../support/markdown.ts";
import { cycle, danglingReferences } from "./support/references.ts";
import { all, one, type Template } from "./support/template.ts";

const repository = join(import.meta.dirname, "../..");
const page = readFileSync(join(repository, "docs/own-terraform.md"), "utf8");

/** The packages that npm installs with this one. */
const { dependencies, peerDependencies } = JSON.parse(
  readFileSync(join(repository, "package.json"), "utf8"),
) as Readonly<Record<"dependencies" | "peerDependencies", Readonly<Record<string, string>>>>;

/** A project with the page's example and compiler options, and this repository as a package. */
function makeProject(project: string): void {
  const packages = join(project, "node_modules");
  const installed = join(packages, "ecs-service-discovery-redis");
  for (const name of ["package.json", "modules", "stacks"]) {
    cpSync(join(repository, name), join(installed, name), { recursive: true });
  }
  const runners = ["tsx", "@types/node"];
  for (const name of Object.keys({ ...dependencies, ...peerDependencies }).concat(runners)) {
    mkdirSync(dirname(join(packages, name)), { recursive: true });
    symlinkSync(join(repository, "node_modules", name), join(packages, name));
  }
  writeFileSync(join(project, "package.json"), JSON.stringify({ type: "module" }));
  const example = codeIn(page, "ts").find((code) => code.includes("TerraformStack")) ?? "";
  writeFileSync(join(project, "main.ts"), example);
  const [options = ""] = codeIn(page, "json");
  writeFileSync(join(project, "tsconfig.json"), options);
}

async function synthesizeExample(project: string): Promise<Template> {
  await promisify(execFile)(process.execPath, ["--import", "tsx", "main.ts"], {
    cwd: project,
    timeout: 60_000,
  });
  const text = readFileSync(join(project, "cdktf.out/stacks/games/cdk.tf.json"), "utf8");
  return { text, json: JSON.parse(text) as Template["json"] };
}

/** The output of `tsc`, with the page's options and with stricter ones. */
async function typeErrors(project: string): Promise<string> {
  const tsc = join(repository, "node_modules/typescript/bin/tsc");
  const stricter = ["--noUncheckedIndexedAccess", "--noImplicitReturns", "--noUnusedLocals"];
  const run = promisify(execFile)(process.execPath, [tsc, "--checkers", "1", ...stricter], {
    cwd: project,
    timeout: 120_000,
  });
  return run.then(
    ({ stdout }) => stdout,
    ({ stdout, message }: Error & { stdout?: string }) => stdout ?? message,
  );
}

describe("the example of docs/own-terraform.md in a separate project", () => {
  const project = mkdtempSync(join(tmpdir(), "constructs-"));
  let template: Template;
  beforeAll(async () => {
    makeProject(project);
    template = await synthesizeExample(project);
  }, 60_000);
  afterAll(() => rmSync(project, { recursive: true, force: true }));

  it("synthesizes two services with SRV records", () => {
    const services = all(template, "aws_ecs_service").map(([, service]) => service);
    expect(services.map(({ name }) => name)).toEqual(
      expect.arrayContaining(["games-redis", "games-search"]),
    );
    for (const service of services) {
      expect(service["service_registries"]).toMatchObject({
        container_name: expect.any(String),
        container_port: expect.any(Number),
      });
    }
    expect(template.json["output"]).toMatchObject({
      redis_url: { value: "redis+srv://games-redis.games-ecs" },
      search_srv: { value: "games-search.games-ecs" },
    });
    expect(one(template, "aws_service_discovery_private_dns_namespace")["name"]).toBe("games-ecs");
  });

  it("has no type errors with strict and stricter options", async () => {
    expect(await typeErrors(project)).toBe("");
  }, 120_000);

  it("breaks no rules and has no undeclared references", () => {
    const subject = {
      name: "games",
      account: "111111111111",
      region: "eu-central-1",
      protected: false,
    };
    expect(brokenRules(template.json, subject)).toEqual([]);
    expect(danglingReferences(template)).toEqual([]);
    expect(cycle(template)).toBeUndefined();
  });
});

function wrong(): unknown {
  return parseService("search", { image: "search", port: 0 });
}

describe("parseRedis and parseService", () => {
  it("fill in defaults", () => {
    expect(parseRedis("redis", {})).toMatchObject({ kind: "service", memory: 512 });
    expect(parseService("search", { image: "search:1", port: 9200 })).toMatchObject({
      records: "SRV",
      networkMode: "bridge",
    });
  });

  it("refuse invalid fields with the given name", () => {
    expect(wrong).toThrow(ConfigError);
    expect(wrong).toThrow(
      /^search has 2 problems:\n {2}image: got "search"; allowed: an image with/,
    );
    expect(wrong).toThrow("  port: got 0; allowed: a whole number from 1 to 65535");
  });
});
