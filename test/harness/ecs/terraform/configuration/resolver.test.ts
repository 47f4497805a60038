import { describe, expect, it } from "vitest";
import { Resolver } from "../../../../../harness/ecs/terraform/configuration/resolver.ts";
import { readConfiguration } from "../../../../../harness/ecs/terraform/configuration/written-module.ts";

const resolve = async (template: object, resource: string): Promise<Record<string, unknown>> => {
  const resolver = new Resolver({ root: await readConfiguration(template), blocks: new Map() });
  const [block] = resolver.instancesOf(resolver.root, resource);
  if (!block) throw new Error(`no ${resource}`);
  return resolver.resolve(block);
};

describe("Resolver", () => {
  it("returns the input of terraform_data as its output", async () => {
    const template = {
      resource: {
        terraform_data: { x: { input: { n: 3 } } },
        aws_a: { y: { n: "${terraform_data.x.output.n}" } },
      },
    };
    expect(await resolve(template, "aws_a.y")).toEqual({ n: 3 });
  });

  it("resolves arguments, and keeps a placeholder for values that only AWS knows", async () => {
    const template = {
      locals: { size: 3 },
      variable: { env: { default: "dev" } },
      resource: {
        aws_a: { x: { name: "${var.env}-a", list: [{ n: "${local.size}" }] } },
        aws_b: {
          y: { name: "${aws_a.x.name}-b", n: "${aws_a.x.list[0].n}", arn: "${aws_a.x.arn}" },
        },
      },
    };
    expect(await resolve(template, "aws_b.y")).toEqual({
      name: "dev-a-b",
      n: 3,
      arn: "⟨aws_a.x.arn⟩",
    });
  });

  it("removes the metadata of CDKTF and keeps meta-arguments", async () => {
    const template = {
      resource: { aws_a: { x: { "//": { metadata: {} }, depends_on: ["aws_b.${no}"], n: 1 } } },
    };
    expect(await resolve(template, "aws_a.x")).toEqual({ depends_on: ["aws_b.${no}"], n: 1 });
  });

  it.each([
    ["${aws_b.y.arn}", "aws_a.x.v: aws_b.y.arn is not declared"],
    ["${local.none}", "local.none is not declared"],
    ["v-${local.some.none}", "aws_a.x.v: local.some.none is not declared"],
    ["${var.some.none}", "aws_a.x.v: var.some.none is not declared"],
    ["${var.none}", "var.none is not declared"],
    ["${var.open}", "var.open has no default"],
    ["${aws_a.x.v}", "aws_a.x.v -> aws_a.x.v refers to itself"],
    ["${local.round}", "local.round -> local.about -> local.round refers to itself"],
    ["${module.none.id}", "module.none.id is not declared"],
    ["${aws_a.holds.v}", "local.none is not declared"],
    ["${jsonencode(aws_a.many)}", "aws_a.many[0]: a whole resource cannot be put into JSON"],
    ["${aws_a.many[2].v}", "aws_a.many.2.v is not declared; instances of aws_a.many: 0, 1"],
    ["${var.typed}", "var.typed: expected the type; its type is list()"],
  ])("refuses %s with the argument", async (value, message) => {
    const template = {
      locals: { some: { a: 1 }, round: "${local.about}", about: "${local.round}" },
      variable: { some: { default: { a: 1 } }, open: {}, typed: { type: "list()", default: [] } },
      resource: {
        aws_a: { x: { v: value }, many: { count: 2, v: 1 }, holds: { v: "${local.none}" } },
      },
    };
    await expect(resolve(template, "aws_a.x")).rejects.toThrow(message);
  });
});
