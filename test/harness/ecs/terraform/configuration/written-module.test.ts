import { describe, expect, it } from "vitest";
import {
  readConfiguration,
  type WrittenModule,
} from "../../../../../harness/ecs/terraform/configuration/written-module.ts";
import { type Files, inFolder } from "../folder.ts";

const read = (files: Files): Promise<WrittenModule> => inFolder(files, readConfiguration);

describe("readConfiguration", () => {
  it("reads HCL and JSON as one module", async () => {
    const { resources, variables, locals, provider } = await read({
      "a.tf": 'variable "x" {\n  default = 1\n}\nresource "aws_vpc" "one" {\n  n = 1\n}\n',
      "b.tf.json": {
        provider: [{ aws: [{ region: "eu-west-1" }, { alias: "other" }] }],
        resource: [{ aws_vpc: { two: [{ n: 2 }] } }, { aws_lb: [{ three: { n: 3 } }] }],
        data: { aws_region: { here: {} } },
        locals: [{ a: 1 }, { b: 2 }],
      },
    });
    expect(Object.fromEntries(resources)).toEqual({
      "aws_vpc.one": { n: 1 },
      "aws_vpc.two": { n: 2 },
      "aws_lb.three": { n: 3 },
      "data.aws_region.here": {},
    });
    expect([...variables.keys(), ...locals.keys()]).toEqual(["x", "a", "b"]);
    expect(provider).toEqual({ region: "eu-west-1" });
  });

  it("replaces arguments by those of override files, whatever their names", async () => {
    const { resources, variables, locals, provider } = await read({
      "main.tf.json": {
        provider: { aws: { region: "eu-west-1", profile: "p" } },
        variable: { size: { type: "number", default: 1, nullable: false } },
        locals: { place: { a: 1 } },
        resource: {
          aws_vpc: {
            x: { n: 1, m: 1, lifecycle: { prevent_destroy: true, ignore_changes: ["n"] } },
          },
        },
      },
      "a_override.tf.json": {
        variable: { size: { default: 2 } },
        locals: { place: { b: 2 } },
        resource: { aws_vpc: { x: [{ n: 2, lifecycle: [{ prevent_destroy: false }] }] } },
      },
      "override.tf": 'provider "aws" {\n  region = "us-east-1"\n}\n',
    });
    expect(resources.get("aws_vpc.x")).toEqual({
      n: 2,
      m: 1,
      lifecycle: { prevent_destroy: false, ignore_changes: ["n"] },
    });
    expect(variables.get("size")).toEqual({ type: "number", default: 2, nullable: false });
    expect(locals.get("place")).toEqual({ b: 2 });
    expect(provider).toEqual({ region: "us-east-1", profile: "p" });
  });

  it.each([
    ["variable", { x: {} }, "var.x is declared twice"],
    ["locals", { x: 1 }, "local.x is declared twice"],
    ["resource", { aws_vpc: { x: {} } }, "aws_vpc.x is declared twice"],
  ])("refuses a name that is declared twice: %s", async (kind, block, message) => {
    const files = { "a.tf.json": { [kind]: block }, "b.tf.json": { [kind]: block } };
    await expect(read(files)).rejects.toMatchObject({ code: "ERR_TEMPLATE", message });
  });

  it("says what the local ECS does not support, without refusing it", async () => {
    const { unsupported } = await read({
      "main.tf.json": {
        check: { x: {} },
        module: { m: { source: "./m", providers: { aws: "aws.other" } } },
      },
    });
    expect(unsupported).toEqual([
      expect.stringMatching(/main\.tf\.json: check: not modelled/),
      expect.stringMatching(/main\.tf\.json: module\.m\.providers: .* first aws provider only$/),
    ]);
  });
});
