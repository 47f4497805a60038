import { CloudwatchLogGroup } from "@cdktf/provider-aws/lib/cloudwatch-log-group/index.js";
import { expect, it } from "vitest";
import { type ModuleDefinition, moduleJson } from "../../../tools/modules/module-definition.ts";
import { ModuleStack, numberOf } from "../../../tools/modules/module-stack.ts";

/** A module with two log groups. The second refers to the first. */
const definition = (own: Partial<ModuleDefinition> = {}): ModuleDefinition => ({
  name: "logs",
  about: "",
  notes: [],
  example: "",
  inputs: { days: { type: "number", description: "Days", validations: [] } },
  stack: () => {
    const stack = new ModuleStack("logs");
    const first = new CloudwatchLogGroup(stack, "first", { name: "a" });
    new CloudwatchLogGroup(stack, "second_0", {
      name: `${first.name}-b`,
      retentionInDays: numberOf("var.days"),
    });
    return stack;
  },
  locals: {},
  counts: {},
  forEach: {},
  replacements: {},
  outputs: {},
  ...own,
});

it("writes the constructs and inputs, with ids without an index", () => {
  const { resource, variable, terraform } = moduleJson(definition());
  expect(resource).toEqual({
    aws_cloudwatch_log_group: {
      first: { name: "a", tags: "${var.tags}" },
      second: {
        name: "${aws_cloudwatch_log_group.first.name}-b",
        retention_in_days: "${var.days}",
        tags: "${var.tags}",
      },
    },
  });
  expect(variable).toEqual({ days: { type: "number", description: "Days", nullable: false } });
  expect(Object.keys(terraform.required_providers)).toEqual(["aws"]);
});

it("adds count and for_each, and replaces references", () => {
  const { resource } = moduleJson(
    definition({
      counts: { "aws_cloudwatch_log_group.first": "var.days > 1 ? 1 : 0" },
      forEach: { "aws_cloudwatch_log_group.second": "var.names" },
      replacements: { "${aws_cloudwatch_log_group.first.name}": "${local.first}" },
    }),
  );
  expect(resource["aws_cloudwatch_log_group"]).toMatchObject({
    first: { count: "${var.days > 1 ? 1 : 0}" },
    second: { for_each: "${var.names}", name: "${local.first}-b" },
  });
});

it.each([
  [
    { counts: { "aws_cloudwatch_log_group.first": "1" } },
    "aws_cloudwatch_log_group.first is repeated",
  ],
  [
    { forEach: { "aws_cloudwatch_log_group.first": "var.days" } },
    "aws_cloudwatch_log_group.first is repeated",
  ],
  [{ counts: { "aws_cloudwatch_log_group.third": "1" } }, "aws_cloudwatch_log_group.third: "],
  [{ replacements: { "${x}": "${y}" } }, "the constructs do not write ${x}"],
])("refuses %j", (own, message) => {
  expect(() => moduleJson(definition(own))).toThrow(message);
});
