import { describe, expect, it } from "vitest";
import { brokenRules, rules } from "../../../stacks/rules/index.ts";
import { RuleError } from "../../../stacks/rules/rule-error.ts";
import { minimalEnvironment } from "../support/template.ts";

const subject = { ...minimalEnvironment, name: "dev", protected: false };
const json = {
  terraform: { required_version: ">= 1.11.0" },
  resource: { aws_vpc: { main: { enable_dns_support: true } } },
};

const thrown = (): RuleError => new RuleError(brokenRules(json, subject));

describe("RuleError", () => {
  it("has environment, resource, field, value, rule, remedy and source", () => {
    const error = thrown();
    expect(error.code).toBe("ERR_RULE_BROKEN");
    expect(error.message).toBe(
      [
        "1 broken rule; nothing was written:",
        "  dev: aws_vpc.main.enable_dns_hostnames: missing",
        "    rule vpc-dns: The VPC has DNS support and DNS hostnames, which a private namespace requires",
        "    remedy: enable_dns_support and enable_dns_hostnames, both true",
        "    see https://docs.aws.amazon.com/vpc/latest/userguide/AmazonDNS-concepts.html",
      ].join("\n"),
    );
  });

  it("has only the resource without a field, and shows the value", () => {
    const error = thrown();
    const [first] = error.problems;
    if (first === undefined) throw new Error("there is a problem");
    const line = (field: string, got: unknown): string | undefined => {
      const finding = { ...first.finding, field, got };
      return new RuleError([{ ...first, finding }]).message.split("\n")[1];
    };
    expect(error.name).toBe("RuleError");
    expect(line("", undefined)).toBe("  dev: aws_vpc.main: missing");
    expect(line("tags", false)).toBe("  dev: aws_vpc.main.tags: got false");
    expect(line("", "x".repeat(118))).toBe(`  dev: aws_vpc.main: got "${"x".repeat(118)}"`);
    expect(line("", "x".repeat(119))).toBe(`  dev: aws_vpc.main: got "${"x".repeat(116)}...`);
  });

  it("counts the problems and shortens long values", () => {
    const long = {
      ...json,
      resource: { aws_vpc: { main: { enable_dns_support: "x".repeat(500) } } },
    };
    const { message } = new RuleError(brokenRules(long, subject));
    expect(message).toMatch(/^2 broken rules/);
    expect(message).toContain(`got "${"x".repeat(116)}...`);
  });
});

describe("the rules", () => {
  const all = Object.values(rules).flat();

  it("have unique ids, a source and a remedy", () => {
    expect(new Set(all.map(({ id }) => id)).size).toBe(all.length);
    for (const { id, title, source, remedy } of all) {
      expect(id).toMatch(/^[a-z]+(-[a-z]+)+$/);
      expect(source).toMatch(/^https:\/\//);
      expect([title, remedy].every((text) => text.length > 10 && !text.endsWith("."))).toBe(true);
    }
  });

  it("find nothing in an empty template", () => {
    expect(brokenRules({ terraform: json.terraform }, subject)).toEqual([]);
  });
});
