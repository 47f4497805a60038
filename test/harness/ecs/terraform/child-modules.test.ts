import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { readTemplate } from "../../../../harness/ecs/terraform/template.ts";
import { argumentsOf, readFiles as read } from "./folder.ts";

const known = { parameters: {}, drawn: new Map<string, string>() };

const child = {
  variable: {
    name: { type: "string" },
    subnets: {
      type: "list(string)",
      default: [],
      validation: [
        { condition: "${length(var.subnets) != 1}", error_message: "subnets: none, or 2 or more" },
      ],
    },
    place: {
      type: "object({ id = string, path = optional(string), port = optional(number, 80) })",
      default: null,
    },
    size: { type: "number", default: 3, nullable: false },
  },
  locals: { full: "${var.name}-x" },
  resource: {
    aws_vpc: {
      each: { count: "${length(var.subnets)}", cidr_block: "${var.subnets[count.index]}" },
      one: {
        cidr_block: "${local.full}",
        tags: {
          size: "${var.size}",
          path: '${var.place == null ? "none" : var.place.path}',
          port: "${var.place == null ? 0 : var.place.port}",
        },
        depends_on: ["aws_vpc.each"],
      },
    },
  },
  output: {
    id: { value: "${aws_vpc.one.id}" },
    all: { value: "${aws_vpc.each[*].cidr_block}" },
    full: { value: "${local.full}" },
  },
};

const root = (inputs: object, rest: object = {}) => ({
  "main.tf.json": {
    module: { a: { source: "./child", name: "n", ...inputs } },
    resource: {
      aws_subnet: { s: { count: 2, cidr_block: "10.0.${count.index}.0/24" } },
      aws_vpc: { root: { cidr_block: "${module.a.full}", tags: { all: "${module.a.all}" } } },
      ...rest,
    },
  },
  "child/main.tf.json": child,
});

/** A module with the variable `waits_for`. */
const waiting = (resource: object, module: object = {}) => ({
  variable: { waits_for: { type: "any", default: [] } },
  resource,
  module,
});

/** A block with as many nested ones as there are rules. */
const withRules = (rules: readonly string[]) => ({
  "main.tf.json": {
    locals: { rules },
    resource: {
      aws_vpc: {
        x: {
          dynamic: {
            rule: {
              for_each: "${local.rules}",
              content: { name: "${rule.value}", number: "${rule.key}" },
            },
          },
        },
      },
    },
  },
});

describe("a module that calls another", () => {
  it("has its blocks with the module's address, one for each index of a count", async () => {
    const template = await read(root({ subnets: "${aws_subnet.s[*].cidr_block}" }));
    expect([...template.declared.keys()]).toEqual([
      "aws_subnet.s[0]",
      "aws_subnet.s[1]",
      "aws_vpc.root",
      "module.a.aws_vpc.each[0]",
      "module.a.aws_vpc.each[1]",
      "module.a.aws_vpc.one",
    ]);
    expect(argumentsOf(template, "module.a.aws_vpc.each[1]")).toEqual({
      cidr_block: "10.0.1.0/24",
    });
  });

  it("passes inputs and outputs, and keeps placeholders for values that only AWS knows", async () => {
    const template = await read(
      root({ subnets: ["a", "b"] }, { aws_eip: { x: { vpc: "${module.a.id}" } } }),
    );
    expect(argumentsOf(template, "aws_vpc.root")).toEqual({
      cidr_block: "n-x",
      tags: { all: ["a", "b"] },
    });
    expect(argumentsOf(template, "aws_eip.x")).toEqual({ vpc: "⟨module.a.aws_vpc.one.id⟩" });
  });

  it("expands dependencies on modules and counts", async () => {
    const { module } = await read(
      root({ subnets: ["a", "b"] }, { aws_eip: { x: { depends_on: ["module.a"] } } }),
    );
    const needs = (address: string): unknown => module.blocks.get(address)?.arguments["depends_on"];
    expect(needs("module.a.aws_vpc.one")).toEqual([
      "module.a.aws_vpc.each[0]",
      "module.a.aws_vpc.each[1]",
    ]);
    expect(needs("aws_eip.x")).toEqual([
      "module.a.aws_vpc.each[0]",
      "module.a.aws_vpc.each[1]",
      "module.a.aws_vpc.one",
    ]);
  });

  it("waits for what the call depends on", async () => {
    const { module } = await read(root({ depends_on: ["aws_subnet.s"] }));
    expect(module.blocks.get("module.a.aws_vpc.one")?.arguments["depends_on"]).toEqual([
      // aws_vpc.each has no instance.
      "module.a.aws_vpc.each",
      "aws_subnet.s[0]",
      "aws_subnet.s[1]",
    ]);
  });

  it("waits for what calls give to a variable in depends_on", async () => {
    const waits_for = ["${aws_subnet.s}", "${aws_vpc.other}"];
    const { module } = await read({
      "main.tf.json": {
        module: { a: { source: "./outer", waits_for } },
        resource: { aws_subnet: { s: { count: 2 } }, aws_vpc: { other: {} } },
      },
      "outer/main.tf.json": waiting(
        { aws_eip: { own: {} } },
        { inner: { source: "../inner", waits_for: ["${var.waits_for}", "${aws_eip.own}"] } },
      ),
      "inner/main.tf.json": waiting({ aws_eip: { late: { depends_on: ["var.waits_for"] } } }),
    });
    expect(
      module.blocks.get("module.a.module.inner.aws_eip.late")?.arguments["depends_on"],
    ).toEqual(["aws_subnet.s[0]", "aws_subnet.s[1]", "aws_vpc.other", "module.a.aws_eip.own"]);
  });

  it("is read from an absolute path, and from where terraform init has put it", async () => {
    const folder = await mkdtemp(path.join(tmpdir(), "absolute-"));
    await writeFile(path.join(folder, "main.tf.json"), JSON.stringify(child));
    const plain = await read(root({ source: folder }));
    await rm(folder, { recursive: true });
    expect([...plain.declared.keys()]).toContain("module.a.aws_vpc.one");
    const Modules = [{ Key: "a", Dir: ".terraform/modules/a" }];
    const template = await read({
      ...root({ source: "example/vpc/aws", version: "1.2.3" }),
      ".terraform/modules/modules.json": { Modules },
      ".terraform/modules/a/main.tf.json": child,
    });
    expect([...template.declared.keys()]).toContain("module.a.aws_vpc.one");
    await expect(read(root({ source: "example/vpc/aws" }))).rejects.toMatchObject({
      code: "ERR_TEMPLATE",
      message: expect.stringMatching(/^module\.a\.source: .*terraform init/),
    });
  });

  it("is found by its key in that list, also if its name ends with module", async () => {
    const call = { source: "example/vpc/aws", name: "n" };
    const template = await read({
      "main.tf.json": { module: { my_module: call } },
      ".terraform/modules/modules.json": {
        Modules: [
          { Key: "my_module", Dir: "first" },
          { Key: "my_module.my_module", Dir: "second" },
        ],
      },
      "first/main.tf.json": { ...child, module: { my_module: call } },
      "second/main.tf.json": child,
    });
    expect([...template.declared.keys()]).toContain(
      "module.my_module.module.my_module.aws_vpc.one",
    );
  });

  it("is refused with the name of that list if it is no JSON", async () => {
    const broken = { ...root({}), ".terraform/modules/modules.json": "{" };
    await expect(read(broken)).rejects.toMatchObject({
      code: "ERR_TEMPLATE",
      message: expect.stringContaining("modules.json is not JSON"),
    });
  });

  it.each([
    ["left out", {}, { size: 3, path: "none" }],
    ["null, if null is not allowed", { size: null }, { size: 3, path: "none" }],
    ["text for a number", { size: "7" }, { size: 7, path: "none" }],
    ["an object", { place: { id: "i", path: "/p", more: 1 } }, { size: 3, path: "/p" }],
    ["an object without an optional attribute", { place: { id: "i" } }, { path: null, port: 80 }],
    ["an object with one that has a default", { place: { id: "i", port: "1" } }, { port: 1 }],
  ])("accepts an input that is %s", async (_what, inputs, tags) => {
    const template = await read(root(inputs));
    expect(argumentsOf(template, "module.a.aws_vpc.one")).toMatchObject({ tags });
  });

  it.each([
    [{ subnets: ["a"] }, "module.a.var.subnets: subnets: none, or 2 or more"],
    [{ size: "many" }, "module.a.var.size: expected a number"],
    [{ place: {} }, "module.a.var.place: expected the attribute id; its type is object("],
    [{ subnets: "a" }, "module.a.var.subnets: expected a list"],
    [{ colour: "red" }, "module.a.colour: no such variable; variables: name, subnets, place, size"],
    [{ source: "./nowhere" }, "nowhere"],
    [{ name: "${module.a.full}" }, "refers to itself"],
  ])("refuses the inputs %j", async (inputs, message) => {
    await expect(read(root(inputs))).rejects.toMatchObject({
      code: "ERR_TEMPLATE",
      message: expect.stringContaining(message),
    });
  });

  it("skips a condition on a value that only AWS knows", async () => {
    const variable = {
      id: {
        validation: { condition: '${can(regex("^vpc-", var.id))}', error_message: "id: a VPC" },
      },
    };
    const files = (id: string) => ({
      "main.tf.json": {
        module: { a: { source: "./child", id } },
        resource: { aws_vpc: { main: {} } },
      },
      "child/main.tf.json": { variable, resource: { aws_eip: { x: { vpc: "${var.id}" } } } },
    });
    await expect(read(files("${aws_vpc.main.id}"))).resolves.toBeDefined();
    await expect(read(files("eni-1"))).rejects.toThrow("module.a.var.id: id: a VPC");
    await expect(read(files('${file("id")}'))).rejects.toThrow(
      "module.a.var.id: the file id cannot be read",
    );
  });

  it("expands dynamic blocks", async () => {
    expect(argumentsOf(await read(withRules(["a", "b"])), "aws_vpc.x")).toEqual({
      rule: [
        { name: "a", number: 0 },
        { name: "b", number: 1 },
      ],
    });
    expect(argumentsOf(await read(withRules([])), "aws_vpc.x")).toEqual({ rule: [] });
  });

  it("expands dynamic blocks in other blocks, with the names of both", async () => {
    const hcl = `resource "aws_vpc" "x" {
      outer {
        dynamic "inner" {
          for_each = ["a"]
          content { name = inner.value }
        }
        dynamic "none" {
          for_each = []
          content { name = none.value }
        }
      }
      dynamic "group" {
        for_each = ["b", "c"]
        content {
          dynamic "inner" {
            for_each = [group.value]
            content { name = "\${group.key}\${inner.value}" }
          }
        }
      }
      tags = { dynamic = "an argument" }
    }`;
    expect(argumentsOf(await read({ "main.tf": hcl }), "aws_vpc.x")).toEqual({
      outer: [{ inner: [{ name: "a" }], none: [] }],
      group: [{ inner: [{ name: "0b" }] }, { inner: [{ name: "1c" }] }],
      tags: { dynamic: "an argument" },
    });
  });

  it("can be HCL in several files", async () => {
    const template = await read({
      "main.tf":
        'module "a" {\n  source = "./child"\n  name   = local.name\n  subnets = [for n in ["a", "b"] : "${n}x"]\n}',
      "locals.tf": 'locals {\n  name = "n"\n}\nlocals {\n  other = 1\n}',
      "child/main.tf.json": child,
    });
    expect(argumentsOf(template, "module.a.aws_vpc.each[0]")).toEqual({ cidr_block: "ax" });
  });

  it("accepts moved and import blocks at the start, but refuses to rename a running resource", async () => {
    const before = await readTemplate({ resource: { aws_vpc: { x: {} } } }, known);
    const after = {
      resource: { aws_vpc: { y: {} } },
      moved: [{ from: "${aws_vpc.x}", to: "${aws_vpc.y}" }],
      import: [{ to: "${aws_vpc.y}", id: "vpc-0a" }],
    };
    await expect(readTemplate(after, known)).resolves.toBeDefined();
    await expect(readTemplate(after, known, before)).rejects.toThrow("moved to aws_vpc.y");
  });
});
