import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "@cdktf/hcl2json";
import { describe, expect, it } from "vitest";
import { readConfiguration } from "../../harness/ecs/terraform/configuration/written-module.ts";
import { codeIn, pagePaths } from "../support/markdown.ts";

const ROOT = join(import.meta.dirname, "../..");
const read = (module: string) => readConfiguration(join(ROOT, "modules", module));
const modules = {
  redis: await read("redis"),
  "discovered-service": await read("discovered-service"),
};

/** All HCL blocks of the pages. A block with only arguments is the inside of a Terraform block. */
const pieces = pagePaths().flatMap((path) =>
  codeIn(readFileSync(join(ROOT, path), "utf8"), "hcl").map((code, index) => ({
    where: `${path}, ${index + 1}`,
    code,
  })),
);

type Calls = Readonly<Record<string, readonly Readonly<Record<string, unknown>>[]>>;

/** Arguments of Terraform itself. */
const META = ["source", "depends_on"];

/** Unknown and missing inputs of a module. "# ..." in the code means that inputs are left out. */
function problemsWith(call: Readonly<Record<string, unknown>>, code: string): string[] {
  const [, module] =
    Object.entries(modules).find(([name]) => String(call["source"]).includes(`modules/${name}`)) ??
    [];
  if (module === undefined)
    return code.includes("# ...") ? [] : [`no module ${String(call["source"])}`];
  const given = Object.keys(call).filter((name) => !META.includes(name));
  const missing = [...module.variables].filter(
    ([name, variable]) => variable.default === undefined && !given.includes(name),
  );
  return [
    ...given.filter((name) => !module.variables.has(name)).map((name) => `no input ${name}`),
    ...missing.map(([name]) => `without ${name}`),
  ];
}

describe("the HCL of the pages", () => {
  it.each(pieces)("has no syntax error and correct module inputs: $where", async ({ code }) => {
    const { module: calls = {} } = (await parse("main.tf", code)) as { module?: Calls };
    const all = Object.values(calls).flat();
    expect(all.flatMap((call) => problemsWith(call, code))).toEqual([]);
  });

  it("names existing outputs of the Redis module", () => {
    const named = pieces.flatMap(({ code }) =>
      Array.from(
        code.matchAll(/\bmodule\.redis\.(?!aws_|module\.)(\w+)/g),
        ([, name = ""]) => name,
      ),
    );
    expect(new Set(named).size).toBeGreaterThan(3);
    expect([...modules.redis.outputs.keys()]).toEqual(expect.arrayContaining([...new Set(named)]));
  });

  it("names existing addresses of the Redis module", () => {
    const addresses = pieces.flatMap(({ code }) =>
      Array.from(code.matchAll(/\bmodule\.redis\.(aws_\w+\.\w+)/g), ([, address = ""]) => address),
    );
    expect(addresses.length).toBeGreaterThan(1);
    expect([...modules.redis.resources.keys()]).toEqual(expect.arrayContaining(addresses));
  });
});
