import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import type { ModuleJson } from "../../../tools/modules/module-stack.ts";
import { terraformDocs } from "../../../tools/modules/terraform-docs.ts";

const fixture = (name: string) =>
  readFileSync(new URL(`terraform-docs/${name}`, import.meta.url), "utf8");

const json = JSON.parse(fixture("main.tf.json")) as ModuleJson;

it("writes the tables of a module as terraform-docs does", () => {
  // `terraform-docs markdown table --output-file README.txt terraform-docs`, version 0.20.0
  expect(`${terraformDocs(json)}\n`).toBe(fixture("README.txt"));
});

it("refuses a default that terraform-docs writes on several lines", () => {
  const topics = { type: "list(string)", description: "Topics", default: ["a"] };
  expect(() => terraformDocs({ ...json, variable: { topics } })).toThrow('["a"]: this default');
});
