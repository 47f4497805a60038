import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { leastEnvironment, templateOf } from "../support/template.ts";
import { importsOfCdktf, renameImports, successors, withoutVersions } from "./rename.ts";

const root = join(import.meta.dirname, "../../..");
const sources = readdirSync(join(root, "stacks"), { recursive: true, encoding: "utf8" })
  .filter((file) => file.endsWith(".ts"))
  .map((file) => ({ file, text: readFileSync(join(root, "stacks", file), "utf8") }));

describe("migrating to CDK Terrain", () => {
  it("renames imports", () => {
    expect(renameImports('import { App } from "cdktf";')).toBe('import { App } from "cdktn";');
    expect(renameImports('import { Vpc } from "@cdktf/provider-aws/lib/vpc/index.js";')).toBe(
      'import { Vpc } from "@cdktn/provider-aws/lib/vpc/index.js";',
    );
    const others = 'const outdir = "cdktf.out";\nimport { Construct } from "constructs";';
    expect(renameImports(others)).toBe(others);
  });

  it("leaves no import of CDKTF in the stacks", () => {
    const before = sources.filter(({ text }) => importsOfCdktf(text).length > 0);
    expect(before.length).toBeGreaterThan(20);
    const left = sources.flatMap(({ file, text }) =>
      importsOfCdktf(renameImports(text)).map((name) => `${file}: ${name}`),
    );
    expect(left).toEqual([]);
  });

  it("changes only imports", () => {
    for (const { file, text } of sources) {
      const after = renameImports(text).split("\n");
      const changed = text.split("\n").filter((line, index) => line !== after[index]);
      expect(
        changed.filter((line) => importsOfCdktf(line).length === 0),
        file,
      ).toEqual([]);
    }
  });

  it("compares everything except the versions of the library and the provider", () => {
    const { text } = templateOf({ dev: leastEnvironment }, "dev");
    const other = text.replace("0.21.0", "0.24.0").replace("6.25.0", "6.66.0");
    expect(other).not.toBe(text);
    expect(withoutVersions(other)).toBe(withoutVersions(text));
    expect(withoutVersions(text.replace("10.0.0.0/16", "10.1.0.0/16"))).not.toBe(
      withoutVersions(text),
    );
  });

  it("covers all installed packages of CDKTF", () => {
    const { dependencies, devDependencies } = JSON.parse(
      readFileSync(join(root, "package.json"), "utf8"),
    ) as Readonly<Record<"dependencies" | "devDependencies", Readonly<Record<string, string>>>>;
    expect(Object.keys({ ...dependencies, ...devDependencies })).toEqual(
      expect.arrayContaining(Object.keys(successors)),
    );
  });
});
