import { describe, expect, it } from "vitest";
import { HarnessError } from "../../../../harness/ecs/base/errors.ts";
import { evaluateTemplate } from "../../../../harness/ecs/terraform/expression.ts";

const values: Readonly<Record<string, unknown>> = { var: 7, nothing: null, list: ["a"] };

const lookup = ([root = "", ...path]: readonly (string | number)[]): unknown =>
  Object.hasOwn(values, root) ? values[root] : `<${[root, ...path].join("/")}>`;

describe("evaluateTemplate", () => {
  it.each([
    ["plain text", "plain text"],
    ["", ""],
    ["${aws_lb.app.arn}", "<aws_lb/app/arn>"],
    ["a-${aws_lb.app.arn}-z", "a-<aws_lb/app/arn>-z"],
    ["${aws_acm.x.options[0].name}", "<aws_acm/x/options/0/name>"],
    ['${aws_acm.x.options["k"]}', "<aws_acm/x/options/k>"],
    ["$${HOME} and %%{if}", "${HOME} and %{if}"],
    ["$HOME costs 5$", "$HOME costs 5$"],
    ['${base64encode("a\\nb ${var.x}")}', Buffer.from("a\nb 7").toString("base64")],
    ['${jsonencode({"user" = "a", pass: var.x})}', '{"user":"a","pass":7}'],
    ['${join(",", ["a", "b"])}', "a,b"],
    ["${ element([1, 2], 3) }", 2],
  ])("%s becomes %j", (template, value) => {
    expect(evaluateTemplate(template, lookup)).toEqual(value);
  });

  it("keeps the type of a value that is the whole template", () => {
    expect(evaluateTemplate("${var.x}", lookup)).toBe(7);
    expect(evaluateTemplate("${true}", lookup)).toBe(true);
    expect(evaluateTemplate("${null}", lookup)).toBeNull();
    expect(evaluateTemplate("port ${var.x}", lookup)).toBe("port 7");
  });

  it.each([
    ['${file("x")}', "the function file()"],
    ["${toString(1)}", "the function toString()"],
    ["${var.x ? 1 : 2}", "the operator ?"],
    ["${1 + 1}", "the operator +"],
    ["%{ if true }x%{ endif }", "template directives"],
  ])("refuses %s by name", (template, name) => {
    expect(() => evaluateTemplate(template, lookup)).toThrow(
      expect.objectContaining({ code: "ERR_UNSUPPORTED", message: expect.stringContaining(name) }),
    );
  });

  it.each([
    ["v-${nothing.x}", "null cannot be put into text"],
    ["v-${list.x}", "a list cannot be put into text"],
    ['v-${{"a" = 1}}', "an object cannot be put into text"],
    ['${"a ${nothing.x}"}', "null cannot be put into text"],
    ["${tostring(list.x)}", "a list cannot be put into text"],
    ["${base64encode()}", "a value that is not there cannot be put into text"],
    ['${join(",", var.x)}', "a number stands where a list is expected"],
    ["${element([], 0)}", "expected a value of element()"],
    ['${jsondecode("{")}', "the text given to jsondecode() is no JSON"],
  ])("refuses %s: %s", (template, message) => {
    expect(() => evaluateTemplate(template, lookup)).toThrow(
      expect.objectContaining({ code: "ERR_TEMPLATE", message: expect.stringContaining(message) }),
    );
  });

  it.each(["${aws_lb.app.arn", '${"open', "${join(1}", "${}", "${a.}"])(
    "refuses broken %s",
    (broken) => {
      expect(() => evaluateTemplate(broken, lookup)).toThrow(HarnessError);
    },
  );
});
