import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { moduleFiles, modules } from "../../../tools/modules/index.ts";

const repository = join(import.meta.dirname, "../../..");
const files = moduleFiles();

/** Words for the unit of a number. */
const UNIT = /\b(MiB|seconds|days|CPU units|port|tasks|version|step)\b/i;

describe("the Terraform modules", () => {
  it.each(Object.keys(files))("%s is up to date; if not, run npm run modules", (path) => {
    expect(readFileSync(join(repository, path), "utf8")).toBe(files[path]);
  });

  it("have no other files", () => {
    const found = readdirSync(join(repository, "modules"), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name));
    expect(found.toSorted()).toEqual(
      Object.keys(files)
        .map((path) => join(repository, path))
        .toSorted(),
    );
  });
});

describe.each(modules.map((module) => [module.name, module] as const))(
  "the module %s",
  (name, module) => {
    const json = JSON.parse(files[`modules/${name}/main.tf.json`] ?? "") as Record<string, unknown>;
    const text = JSON.stringify(json);

    it("does not mention the fields of an environment", () => {
      expect(files[`modules/${name}/README.md`]).not.toMatch(/\b[a-z]+[A-Z][A-Za-z]+\b/);
    });

    it("has no provider, backend or data source, and requires versions", () => {
      expect(Object.keys(json).toSorted()).toEqual(
        expect.arrayContaining(["locals", "output", "resource", "terraform", "variable"]),
      );
      expect(json).not.toHaveProperty("provider");
      expect(json).not.toHaveProperty("data");
      expect(json["terraform"]).toEqual({
        required_version: ">= 1.11.0, < 2.0.0",
        required_providers: expect.objectContaining({
          aws: { source: "hashicorp/aws", version: ">= 6.5.0, < 7.0.0" },
        }),
      });
    });

    it("describes every input and output, without references", () => {
      for (const [, { description, validations }] of Object.entries(module.inputs)) {
        expect(description).toMatch(/^\S[^$]{3,}$/);
        for (const { allowed } of validations) expect(allowed).toMatch(/^\S[^$]{3,}$/);
      }
      for (const { description } of Object.values(module.outputs)) expect(description).not.toBe("");
    });

    it("has the unit of every number, and validations for every input", () => {
      const inputs = Object.entries(module.inputs);
      const numbers = inputs.filter(([, { type }]) => type === "number");
      for (const [input, { description, validations }] of numbers) {
        const said = [description, ...validations.map(({ allowed }) => allowed)].join(" ");
        expect(said, input).toMatch(UNIT);
      }
      const free = inputs.filter(([, { validations }]) => validations.length === 0);
      expect(free.filter(([, { type }]) => type !== "bool").map(([input]) => input)).toEqual([]);
    });

    it("uses every input", () => {
      const used = JSON.stringify({ ...json, variable: undefined });
      const unused = Object.keys(module.inputs).filter((input) => !used.includes(`var.${input}`));
      // Used only in the validation of the namespace.
      expect(unused.filter((input) => !text.includes(`${input}.vpc_id`))).toEqual([]);
    });
  },
);
