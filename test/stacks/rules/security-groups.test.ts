import { expect, it } from "vitest";
import { opens } from "../../../stacks/rules/security-groups.ts";

const rule = (from: number, to: number) => ({
  type: "aws_vpc_security_group_ingress_rule",
  id: "rule",
  address: "aws_vpc_security_group_ingress_rule.rule",
  body: { from_port: from, to_port: to },
});

it("a rule opens ports when it opens these and no others", () => {
  expect(opens(rule(2049, 2049), 2049)).toBe(true);
  expect(opens(rule(40_000, 49_999), 40_000, 49_999)).toBe(true);
  expect(opens(rule(2049, 65_535), 2049)).toBe(false);
  expect(opens(rule(0, 2049), 2049)).toBe(false);
});
