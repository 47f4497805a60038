import { describe, expect, it } from "vitest";
import { changesBetween, readTemplate } from "../../../../harness/ecs/index.ts";
import { template } from "../fixture/template.ts";
import { argumentsOf, readFiles } from "./folder.ts";

const known = { parameters: {}, drawn: new Map<string, string>() };

/** Resources of a template in JSON. */
const read = (resource: object, rest: object = {}) => readTemplate({ resource, ...rest }, known);

/** The app with these numbers of tasks, by the name of the service. */
const services = (counts: object) =>
  template({
    appService: {
      for_each: counts,
      name: "${each.key}",
      desired_count: "${each.value}",
    },
  });

describe("for_each of a resource", () => {
  it("makes an instance for each key of an object", async () => {
    const aws_vpc = {
      x: { for_each: { b: 2, a: 1 }, name: "${each.key}-${each.value}", depends_on: ["aws_eip.y"] },
    };
    const all = await read({ aws_vpc, aws_eip: { y: { for_each: ["c"] } } });
    expect([...all.declared.keys()]).toEqual([
      'aws_vpc.x["a"]',
      'aws_vpc.x["b"]',
      'aws_eip.y["c"]',
    ]);
    expect(argumentsOf(all, 'aws_vpc.x["b"]')).toEqual({ name: "b-2" });
    const { depends_on: needed } = all.module.blocks.get('aws_vpc.x["a"]')?.arguments ?? {};
    expect(needed).toEqual(['aws_eip.y["c"]']);
  });

  it.each([
    ["one of them", '${aws_vpc.x["a"].name}', "n-a"],
    ["one by an expression", "${aws_vpc.x[local.key].name}", "n-b"],
    ["all of them", "${[for key, vpc in aws_vpc.x : vpc.name]}", ["n-a", "n-b"]],
    ["their values", "${values(aws_vpc.x)[*].name}", ["n-a", "n-b"]],
    ["their keys", "${keys(aws_vpc.x)}", ["a", "b"]],
    ["what only AWS knows", '${aws_vpc.x["a"].id}', "⟨aws_vpc.x['a'].id⟩"],
    ["a value that is missing", '${try(aws_vpc.x["c"].name, "none")}', "none"],
    ["all of none", "${length(aws_eip.none)}", 0],
  ])("can be referred to: %s", async (_what, tag, expected) => {
    const resource = {
      aws_vpc: { x: { for_each: ["a", "b"], name: "n-${each.value}" } },
      aws_eip: { none: { for_each: {} }, y: { tag } },
    };
    const all = await read(resource, { locals: { key: "b" } });
    expect(argumentsOf(all, "aws_eip.y")).toEqual({ tag: expected });
  });

  it("can be over the instances of another resource", async () => {
    const all = await read({
      aws_vpc: { x: { for_each: ["a", "b"], cidr: "10.${each.key}" } },
      aws_eip: {
        y: { for_each: "${aws_vpc.x}", vpc: "${each.value.id}", of: "${each.value.cidr}" },
      },
    });
    expect(argumentsOf(all, 'aws_eip.y["b"]')).toEqual({ vpc: "⟨aws_vpc.x['b'].id⟩", of: "10.b" });
  });

  it.each([
    ["text", "abc", "ERR_TEMPLATE", "for_each expects a list or an object"],
    ["itself", "${aws_vpc.x}", "ERR_TEMPLATE", "aws_vpc.x.for_each refers to itself"],
    ["too many", "${range(10001)}", "ERR_TEMPLATE", "range() has more than"],
    ["what only AWS knows", "${aws_eip.y.tags}", "ERR_UNSUPPORTED", "aws_eip.y.tags"],
  ])("is refused with its name: %s", async (_what, over, code, message) => {
    const reading = read({ aws_vpc: { x: { for_each: over } }, aws_eip: { y: {} } });
    await expect(reading).rejects.toMatchObject({
      code,
      message: expect.stringMatching(/^aws_vpc\.x\.for_each: /),
    });
    await expect(reading).rejects.toThrow(message);
  });

  it("runs a service for each key, and a change of one changes no other", async () => {
    const before = await readTemplate(services({ web: 1, worker: 2 }), known);
    expect(before.plan.services.map(({ name, desiredCount }) => [name, desiredCount])).toEqual(
      expect.arrayContaining([
        ["web", 1],
        ["worker", 2],
      ]),
    );
    const after = await readTemplate(services({ web: 1, worker: 3 }), known, before);
    expect(changesBetween(before, after)).toMatchObject([
      { address: 'aws_ecs_service.app["worker"]', arguments: ["desired_count"] },
    ]);
  });
});

describe("a module with several instances", () => {
  const child = {
    variable: { name: {}, size: { default: 1 } },
    resource: {
      aws_vpc: {
        one: { name: "${var.name}" },
        each: { count: "${var.size}", name: "${aws_vpc.one.name}-${count.index}" },
      },
      aws_eip: { x: { depends_on: ["aws_vpc.one"], vpc: "${aws_vpc.one.id}" } },
    },
    output: { id: { value: "${aws_vpc.one.id}" }, name: { value: "${aws_vpc.one.name}" } },
  };

  it("has a block in each, whose references stay in it: for_each", async () => {
    const all = await readFiles({
      "main.tf": `
        module "net" {
          source   = "./net"
          for_each = { a = 0, b = 2 }
          name     = "net-\${each.key}"
          size     = each.value
        }
        resource "aws_subnet" "s" {
          for_each   = module.net
          vpc        = each.value.id
          name       = module.net[each.key].name
          depends_on = [module.net]
        }`,
      "net/main.tf.json": child,
    });
    expect([...all.declared.keys()]).toEqual([
      'aws_subnet.s["a"]',
      'aws_subnet.s["b"]',
      'module.net["a"].aws_vpc.one',
      'module.net["a"].aws_eip.x',
      'module.net["b"].aws_vpc.one',
      'module.net["b"].aws_vpc.each[0]',
      'module.net["b"].aws_vpc.each[1]',
      'module.net["b"].aws_eip.x',
    ]);
    expect(argumentsOf(all, 'module.net["b"].aws_vpc.each[1]')).toEqual({ name: "net-b-1" });
    expect(argumentsOf(all, 'module.net["b"].aws_eip.x')).toEqual({
      vpc: "⟨module.net['b'].aws_vpc.one.id⟩",
    });
    expect(argumentsOf(all, 'aws_subnet.s["b"]')).toEqual({
      vpc: "⟨module.net['b'].aws_vpc.one.id⟩",
      name: "net-b",
    });
    const needs = (address: string): unknown =>
      all.module.blocks.get(address)?.arguments["depends_on"];
    expect(needs('module.net["b"].aws_eip.x')).toEqual(['module.net["b"].aws_vpc.one']);
    expect(needs('aws_subnet.s["a"]')).toHaveLength(6);
  });

  it("has a block in each, whose references stay in it: count", async () => {
    const all = await readFiles({
      "main.tf": `
        module "net" {
          source = "./net"
          count  = 2
          name   = "net-\${count.index}"
        }
        resource "aws_subnet" "s" {
          names = module.net[*].name
          last  = module.net[1].id
        }`,
      "net/main.tf.json": child,
    });
    expect(argumentsOf(all, "aws_subnet.s")).toEqual({
      names: ["net-0", "net-1"],
      last: "⟨module.net[1].aws_vpc.one.id⟩",
    });
  });

  it("checks the variables of each", async () => {
    const validation = { condition: '${var.name != "b"}', error_message: "name: not b" };
    const reading = readFiles({
      "main.tf.json": {
        module: { net: { source: "./net", for_each: ["a", "b"], name: "${each.key}" } },
      },
      "net/main.tf.json": { ...child, variable: { ...child.variable, name: { validation } } },
    });
    await expect(reading).rejects.toThrow('module.net["b"].var.name: name: not b');
    await expect(reading).rejects.not.toThrow('module.net["a"]');
  });
});

/** A module that reads a file, and another that fills in a template. */
const reading = (name: string) => ({
  "main.tf": `
    module "a" {
      source = "./a"
    }
    resource "aws_vpc" "x" {
      name = "\${module.a.text} in \${terraform.workspace}"
    }
    output "other" {
      value = file("${name}")
    }
    resource "aws_vpc" "y" {
      name = file("${name}")
    }`,
  "a/main.tf":
    'output "text" {\n  value = templatefile("${path.module}/t.tftpl", { who = "me" })\n}\n',
  "a/t.tftpl": "it is ${who}",
  "own.txt": "mine",
});

describe("a template in a folder", () => {
  it("reads files of its modules, and no others", async () => {
    const all = await readFiles(reading("own.txt"));
    expect(argumentsOf(all, "aws_vpc.x")).toEqual({ name: "it is me in default" });
    expect(argumentsOf(all, "aws_vpc.y")).toEqual({ name: "mine" });
    const outside = await readFiles(reading("/etc/hostname"));
    // A type without effect keeps what cannot be evaluated.
    expect(argumentsOf(outside, "aws_vpc.y")).toEqual({ name: '${file("/etc/hostname")}' });
  });
});
