import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { HarnessError } from "../../../../harness/ecs/base/errors.ts";
import { FUNCTIONS } from "../../../../harness/ecs/terraform/expression/functions.ts";
import { dig } from "../../../../harness/ecs/terraform/expression/values.ts";
import { evaluateTemplate } from "../../../../harness/ecs/terraform/expression/index.ts";

const values: Readonly<Record<string, unknown>> = { var: 7, nothing: null, list: ["a"] };

const lookup = ([root = "", ...path]: readonly (string | number)[]): unknown =>
  Object.hasOwn(values, root) ? values[root] : `<${[root, ...path].join("/")}>`;

const more: Readonly<Record<string, unknown>> = {
  var: { x: 7 },
  nothing: null,
  list: ["a"],
  numbers: [1, 2, 3],
  object: { b: 2, a: 1 },
  people: [{ name: "Ann" }, { name: "Bo" }],
};

const unknownValue = (): unknown => "⟨aws_vpc.main.id⟩";

/** Throws for a missing value, as the resolver does. */
function lookUpMore(reference: readonly (string | number)[]): unknown {
  const found = dig(more, reference);
  if (found === undefined) throw new HarnessError("ERR_TEMPLATE", `no ${reference.join(".")}`);
  return found;
}

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

  it.each([
    ["%{ if true }x%{ endif }", "x"],
    ["%{ if false }x%{ else }y%{ endif }", "y"],
    ["a %{~ if true ~} b %{~ endif ~} c", "abc"],
    ["%{ for n in numbers }${n},%{ endfor }", "1,2,3,"],
    ["%{ for k, v in object ~}\n${k}=${v};\n%{ endfor ~}", "a=1;\nb=2;\n"],
    ["%{ for n in numbers }%{ if n != 2 }${n}%{ endif }%{ endfor }", "13"],
    ['${"%{ if true }in%{ endif }"}', "in"],
    ["[${~ 1 ~}  ]", "[1]"],
  ])("evaluates directives: %j becomes %j", (template, value) => {
    expect(evaluateTemplate(template, lookUpMore)).toEqual(value);
  });

  it.each(["%{ if true }x", "%{ endif }", "%{ while true }x", "%{ for x in numbers }"])(
    "refuses a directive that is not complete: %s",
    (template) => {
      expect(() => evaluateTemplate(template, lookUpMore)).toThrow("expected");
    },
  );

  it.each([
    ["${merge([{ a = 1 }, { b = 2 }]...)}", { a: 1, b: 2 }],
    ["${{ for p in people : length(p.name) > 2 => p.name... }}", { true: ["Ann"], false: ["Bo"] }],
    ['${coalesce(null, "", "x")}', "x"],
    ["${coalescelist([], [1])}", [1]],
    ['${compact(["a", "", null])}', ["a"]],
    ["${concat([1], [2, 3])}", [1, 2, 3]],
    ["${flatten([1, [2, [3]]])}", [1, 2, 3]],
    ['${lookup(object, "a", 9) + lookup(object, "z", 9)}', 10],
    ["${max(1, 3) - min(1, 3)}", 2],
    ["${range(3)}", [0, 1, 2]],
    ["${range(4, 0, -2)}", [4, 2]],
    ["${reverse(numbers)}", [3, 2, 1]],
    ['${setunion(["a"], ["b", "a"])}', ["a", "b"]],
    ['${sort(["b", "a"])}', ["a", "b"]],
    ["${sum(numbers)}", 6],
    ['${toset(["b", "a", "b"])}', ["a", "b"]],
    ['${zipmap(["a"], [1])}', { a: 1 }],
    ["${anytrue([false, true])}", true],
    ["${tomap({ a = 1 })}", { a: 1 }],
    ["${tolist(numbers)}", [1, 2, 3]],
    ["${nonsensitive(sensitive(1))}", 1],
    ["${abs(-2) + ceil(1.2)}", 4],
    ['${base64decode("aGk=")}', "hi"],
    ['${chomp("a\n")}', "a"],
    ['${endswith("abc", "c")}', true],
    ['${format("%s-%03d %q %%", "a", 7, "b")}', 'a-007 "b" %'],
    ['${format("%-3s|%.1f|%v|%t", "a", 1.25, { a = 1 }, true)}', 'a  |1.3|{"a":1}|true'],
    ['${formatlist("%s:%d", ["a", "b"], 1)}', ["a:1", "b:1"]],
    ['${replace("a-b-c", "-", ".")}', "a.b.c"],
    ['${replace("abc", "/(b)/", "[$1]")}', "a[b]c"],
    ['${substr("abcd", 1, 2)}${substr("abcd", 2, -1)}', "bccd"],
    ['${title("my app")}', "My App"],
    ['${tobool("true")}', true],
    ['${trim("--a--", "-")}${trimspace(" b ")}', "ab"],
    ['${trimprefix("v1", "v")}${trimsuffix("a.tf", ".tf")}', "1a"],
    ['${basename("a/b.json")} ${dirname("a/b.json")}', "b.json a"],
    [
      '${substr(md5("a"), 0, 4)}${substr(sha1("a"), 0, 4)}${substr(sha256("a"), 0, 4)}',
      "0cc186f7ca97",
    ],
    ['${upper("a")}${urlencode("a b")}', "Aa%20b"],
  ])("calls functions: %s", (template, value) => {
    expect(evaluateTemplate(template, lookUpMore)).toEqual(value);
  });

  it.each([
    ['${format("%s")}', "format() lacks an argument"],
    ['${format("%x", 1)}', "%x of format()"],
    ["${range(100000)}", "range() has more than"],
    ['${coalesce(null, "")}', "no argument of coalesce() has a value"],
    ["${merge(1...)}", "expected a list"],
  ])("refuses %s", (template, message) => {
    expect(() => evaluateTemplate(template, lookUpMore)).toThrow(message);
  });

  it("keeps the type of a value that is the whole template", () => {
    expect(evaluateTemplate("${var.x}", lookup)).toBe(7);
    expect(evaluateTemplate("${true}", lookup)).toBe(true);
    expect(evaluateTemplate("${null}", lookup)).toBeNull();
    expect(evaluateTemplate("port ${var.x}", lookup)).toBe("port 7");
  });

  it.each([
    ["${1 + 2 * 3}", 7],
    ["${(1 + 2) * 3}", 9],
    ["${7 % 4 - 10 / 4}", 0.5],
    ["${-var.x}", -7],
    ["${var.x >= 7 && !(var.x > 7) || false}", true],
    ['${var.x == 7 ? "seven" : "other"}', "seven"],
    ['${var.x != 7 ? "a" : var.x < 8 ? "b" : "c"}', "b"],
    ["${nothing == null ? 1 : nothing.x.y}", 1],
    ['${list == ["a"]}', true],
    ['${"7" == 7}', false],
    ["${[for each in numbers : each * 2 if each > 1]}", [4, 6]],
    ["${[for index, each in numbers : index]}", [0, 1, 2]],
    ['${[for key, value in object : "${key}=${value}"]}', ["a=1", "b=2"]],
    ["${{for key, value in object : value => key}}", { 1: "a", 2: "b" }],
    ["${people[*].name}", ["Ann", "Bo"]],
    ["${people[1].name}", "Bo"],
    ["${object[0].b}", 2],
    ["${nothing[*]}", []],
    ["${var.x[*]}", [7]],
    ['${split(":", "a:b:c")[1]}', "b"],
    ['${{ ("a") = 1, "b" = 2 }}', { a: 1, b: 2 }],
    ['${{ name = "x" # a comment\n  size = var.x }.size}', 7],
  ])("%s is %j", (template, value) => {
    expect(evaluateTemplate(template, lookUpMore)).toEqual(value);
  });

  it.each([
    ["alltrue([true, false])", false],
    ["can(nothing.x.y)", false],
    ['can(regex("^b", "b"))', true],
    ['contains(["a"], "a")', true],
    ['distinct(["a", "b", "a"])', ["a", "b"]],
    ["floor(384.75)", 384],
    ["keys(object)", ["a", "b"]],
    ["values(object)", [1, 2]],
    ["merge(object, { b = 3, c = 4 }, null)", { a: 1, b: 3, c: 4 }],
    ["slice(numbers, 0, 2)", [1, 2]],
    ["length(list)", 1],
    ['length("abc")', 3],
    ["length(object)", 2],
    ['lower("ABC")', "abc"],
    ["one([])", null],
    ["one(list)", "a"],
    ['regex("a(.)(x)?", "zab")', ["b", null]],
    ['regex("a.", "zab")', "ab"],
    ['startswith("allkeys-lru", "allkeys")', true],
    ['tonumber("12")', 12],
    ['try(nothing.x.y, tonumber("x"), 3)', 3],
  ])("the function in %s is evaluated", (expression, value) => {
    expect(evaluateTemplate(`\${${expression}}`, lookUpMore)).toEqual(value);
  });

  it.each([
    "${unknown == 7}",
    '${unknown == "other" ? 1 : 2}',
    '${can(regex("^vpc-", unknown))}',
    '${try(split(":", unknown)[3], "none")}',
    "${[for each in unknown : each]}",
    "${unknown > 3}",
    "${length(unknown)}",
    "${jsondecode(unknown)}",
  ])("does not evaluate %s, which depends on a value that only AWS knows", (template) => {
    expect(() => evaluateTemplate(template, unknownValue)).toThrow(
      expect.objectContaining({
        code: "ERR_UNSUPPORTED",
        message: expect.stringContaining("aws_vpc.main.id"),
      }),
    );
  });

  it("keeps a value that only AWS knows in a text of decoded JSON", () => {
    const template = "${jsondecode(jsonencode({ arns = [unknown] })).arns[0]}";
    expect(evaluateTemplate(template, unknownValue)).toBe(
      evaluateTemplate("${unknown}", unknownValue),
    );
  });

  it("supports the functions that the README lists", () => {
    const page = readFileSync(
      new URL("../../../../harness/ecs/README.md", import.meta.url),
      "utf8",
    );
    const [, list = ""] = /^- \*\*Expressions\*\*: .* functions (.*)$/m.exec(page) ?? [];
    const functions = [...Object.keys(FUNCTIONS), "can", "try"];
    expect(list.split(", ")).toEqual(functions.toSorted().map((name) => `\`${name}\``));
  });

  it("treats a value that only AWS knows as equal to itself, and not null", () => {
    expect(evaluateTemplate("${unknown == unknown}", unknownValue)).toBe(true);
    expect(evaluateTemplate("${unknown == null}", unknownValue)).toBe(false);
  });

  it.each([
    ['${file("x")}', "the function file()"],
    ["${toString(1)}", "the function toString()"],
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
    ["${base64encode()}", "a missing value"],
    ['${join(",", var.x)}', "expected a list"],
    ["${element([], 0)}", "element()"],
    // Terraform before 1.12 evaluates both sides.
    ["${false && nothing.x > 1}", "expected a number"],
    ["${1 + list.x}", "expected a number"],
    ["${list.x ? 1 : 2}", "expected true or false"],
    ["${[1, 2][5]}", "no value at 5"],
    ["${one([1, 2])}", "one()"],
    ["${tonumber([])}", "expected a number"],
    ['${regex("^a", "b")}', "^a does not match"],
    ["${[for each in var.x : each]}", "for expects a list or an object"],
    ['${jsondecode("{")}', "jsondecode()"],
    ["${jsondecode(list.x)}", "a list cannot be put into text"],
    ["${[1][true]}", "an index must be a number or text"],
    ["${try([][0], [][1])}", "try()"],
    ["${length(7)}", "length()"],
    ["${merge(7)}", "expected an object"],
    ["${{ a 7 }}", 'expected "="'],
    ["${{ for each in [1] : each }}", 'expected "=>"'],
  ])("refuses %s: %s", (template, message) => {
    expect(() => evaluateTemplate(template, lookup)).toThrow(
      expect.objectContaining({ code: "ERR_TEMPLATE", message: expect.stringContaining(message) }),
    );
  });

  it.each(["${aws_lb.app.arn", '${"open', "${join(1}", "${}", "${a.}"])(
    "refuses invalid syntax: %s",
    (broken) => {
      expect(() => evaluateTemplate(broken, lookup)).toThrow(HarnessError);
    },
  );
});
