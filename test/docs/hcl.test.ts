import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "@cdktf/hcl2json";
import { describe, expect, it } from "vitest";
import { modules } from "../../tools/modules/index.ts";
import { codeIn, pagePaths } from "../support/markdown.ts";

const ROOT = join(import.meta.dirname, "../..");

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
  const module = modules.find(({ name }) => String(call["source"]).includes(`modules/${name}`));
  if (module === undefined)
    return code.includes("# ...") ? [] : [`no module ${String(call["source"])}`];
  const given = Object.keys(call).filter((name) => !META.includes(name));
  const missing = Object.entries(module.inputs).filter(
    ([name, variable]) => variable.default === undefined && !given.includes(name),
  );
  return [
    ...given
      .filter((name) => !Object.hasOwn(module.inputs, name))
      .map((name) => `no input ${name}`),
    ...missing.map(([name]) => `without ${name}`),
  ];
}

describe("the HCL of the pages", () => {
  it("is in the README and in the pages of the modules", () => {
    const pages = new Set(pieces.map(({ where }) => where.split(",")[0]));
    expect([...pages]).toEqual(
      expect.arrayContaining([
        "README.md",
        "docs/own-terraform.md",
        ...modules.map(({ name }) => `modules/${name}/README.md`),
      ]),
    );
  });

  it.each(pieces)("has no syntax error and correct module inputs: $where", async ({ code }) => {
    const { module: calls = {} } = (await parse("main.tf", code)) as { module?: Calls };
    const all = Object.values(calls).flat();
    expect(all.flatMap((call) => problemsWith(call, code))).toEqual([]);
  });

  it("names existing outputs of the Redis module", () => {
    const named = pieces.flatMap(({ code }) =>
      Array.from(code.matchAll(/\bmodule\.redis\.(?!aws_)(\w+)/g), ([, name = ""]) => name),
    );
    const redis = modules.find(({ name }) => name === "redis");
    expect(new Set(named).size).toBeGreaterThan(3);
    expect(Object.keys(redis?.outputs ?? {})).toEqual(expect.arrayContaining([...new Set(named)]));
  });

  it("names existing addresses of the Redis module", async () => {
    const json = readFileSync(join(ROOT, "modules/redis/main.tf.json"), "utf8");
    const { resource } = JSON.parse(json) as { resource: Record<string, Record<string, unknown>> };
    const addresses = pieces.flatMap(({ code }) =>
      Array.from(
        code.matchAll(/\bmodule\.redis\.(aws_\w+)\.(\w+)/g),
        ([, type = "", id = ""]) => [type, id] as const,
      ),
    );
    expect(addresses.length).toBeGreaterThan(1);
    for (const [type, id] of addresses) expect(resource[type]).toHaveProperty(id);
  });
});
