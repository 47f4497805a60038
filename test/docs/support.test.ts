import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { targetVersions } from "../../stacks/aws/terraform-settings.ts";

const ROOT = join(import.meta.dirname, "../..");
const read = (path: string): string => readFileSync(join(ROOT, path), "utf8");

interface Package {
  readonly dependencies: Readonly<Record<string, string>>;
  readonly optionalDependencies: Readonly<Record<string, string>>;
  readonly engines: Readonly<Record<string, string>>;
  readonly peerDependencies: Readonly<Record<string, string>>;
  readonly devDependencies: Readonly<Record<string, string>>;
}

const runtime = JSON.parse(read("runtime/package.json")) as Package;
const projects = JSON.parse(read("test/projects/package.json")) as Package;
const tools = { ...projects.dependencies, ...projects.optionalDependencies };
const repository = JSON.parse(read("package.json")) as Package;

/** Required and tested versions, by the first cell of the row. */
const rows = new Map(
  read("docs/support.md")
    .split("\n")
    .filter((line) => line.startsWith("| "))
    .map((line) => line.split(/ *\| */).slice(1, 4))
    .map(([what = "", versions = "", tested = ""]) => [what, { versions, tested }]),
);

function row(what: string): { versions: string; tested: string } {
  const found = rows.get(what);
  if (found === undefined)
    throw new Error(`no row ${what}; there is ${[...rows.keys()].join(", ")}`);
  return found;
}

/** The versions in the workflow's matrix of Node.js. */
const matrix = [...read(".github/workflows/ci.yml").matchAll(/node: (?:\[([\d, ]+)\]|(\d+),)/g)]
  .flatMap(([, list, one]) => (list ?? one ?? "").split(", "))
  .join(", ");

describe("docs/support.md has", () => {
  it("the Node.js versions of package.json and the workflow", () => {
    expect(matrix).toMatch(/^\d+(, \d+){2,}$/);
    const ofPackage = row("Node.js, for the package `srv-dialer`");
    expect(ofPackage.versions).toBe(runtime.engines["node"]);
    expect(ofPackage.tested).toContain(`${matrix}: `);
    const ofStacks = row("Node.js, for the stacks and commands");
    expect(ofStacks.versions).toBe(repository.engines["node"]);
    expect(ofStacks.tested).toContain(`${matrix}: `);
  });

  it("the ioredis versions of the package and the tests", () => {
    const { versions, tested } = row("ioredis");
    expect(versions).toBe(runtime.peerDependencies["ioredis"]);
    const installed = ["ioredis5-oldest", "ioredis5", "ioredis"].map((name) =>
      (repository.devDependencies[name] ?? "").replace("npm:ioredis@", ""),
    );
    expect(tested).toContain(installed.join(", "));
    expect(row("iovalkey").versions).toBe(runtime.peerDependencies["iovalkey"]);
    expect(row("iovalkey").tested).toContain(repository.devDependencies["iovalkey"]);
  });

  it.each([
    ["TypeScript", "typescript-5.4", "typescript-5.9", "typescript"],
    ["NestJS", "@nestjs/core"],
    ["Jest", "jest"],
    ["Vitest", "vitest"],
    ["esbuild", "esbuild"],
    ["rollup", "rollup"],
    ["webpack", "webpack"],
    ["Node.js, Bun", "@oven/bun-linux-x64", "@deno/linux-x64-glibc"],
  ])("the tested versions of %s", (project, ...packages) => {
    const [found] = [...rows.keys()].filter((what) => what.startsWith(`${project} `));
    for (const name of packages) {
      const version = (tools[name] ?? repository.devDependencies[name] ?? "").split("@").at(-1);
      expect(found).toContain(` ${version}`);
    }
  });

  it("the required versions of Terraform, OpenTofu and the provider", () => {
    expect(row("Terraform").versions).toBe(targetVersions.terraform);
    expect(row("OpenTofu").versions).toBe(targetVersions.opentofu);
    for (const tool of ["terraform", "tofu"]) {
      expect(read(".github/workflows/ci.yml")).toContain(`${tool}_version: ~1.11\n`);
    }
    for (const module of ["redis", "discovered-service"]) {
      const [, ofModule = ""] =
        /"hashicorp\/aws"[^}]*version = "(.*)"/.exec(read(`modules/${module}/versions.tf`)) ?? [];
      expect(row("AWS provider, of the modules").versions).toBe(
        ofModule.replaceAll(/(?<=[<>=]) /g, "").replaceAll(",", ""),
      );
    }
    const { cdktf } = JSON.parse(read("node_modules/@cdktf/provider-aws/package.json")) as {
      readonly cdktf: { readonly provider: { readonly version: string } };
    };
    expect(row("AWS provider, of the stacks").versions).toBe(cdktf.provider.version);
  });
});
