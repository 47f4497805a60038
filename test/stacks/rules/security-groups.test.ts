import { describe, expect, it } from "vitest";
import { opensOnly, opensSome } from "../../../stacks/rules/security-groups.ts";

const rule = (body: Record<string, unknown>) => ({
  type: "aws_vpc_security_group_ingress_rule",
  address: "aws_vpc_security_group_ingress_rule.rule",
  body,
});
const tcp = (from_port: number, to_port: number) =>
  rule({ ip_protocol: "tcp", from_port, to_port });

describe("an ingress rule", () => {
  it("opensOnly requires exactly these ports", () => {
    expect(opensOnly(tcp(2049, 2049), 2049)).toBe(true);
    expect(opensOnly(tcp(40_000, 49_999), 40_000, 49_999)).toBe(true);
    expect(opensOnly(tcp(2049, 65_535), 2049)).toBe(false);
    expect(opensOnly(tcp(0, 2049), 2049)).toBe(false);
  });

  it("opensSome requires at least one of these ports", () => {
    expect(opensSome(tcp(2049, 2049), 2049)).toBe(true);
    expect(opensSome(tcp(0, 65_535), 2049)).toBe(true);
    expect(opensSome(tcp(2050, 65_535), 2049)).toBe(false);
    expect(opensSome(tcp(0, 2048), 2049)).toBe(false);
    expect(opensSome(tcp(39_000, 40_000), 40_000, 49_999)).toBe(true);
    expect(opensSome(tcp(49_999, 50_000), 40_000, 49_999)).toBe(true);
  });

  it("includes TCP by name, by number, or with all protocols", () => {
    const ports = { from_port: 2049, to_port: 2049 };
    expect(opensOnly(rule({ ip_protocol: "6", ...ports }), 2049)).toBe(true);
    expect(opensSome(rule({ ip_protocol: "17", ...ports }), 2049)).toBe(false);
    expect(opensOnly(rule({ ip_protocol: "udp", ...ports }), 2049)).toBe(false);
    expect(opensSome(rule({ ip_protocol: "-1" }), 0)).toBe(true);
    expect(opensSome(rule({ ip_protocol: "-1" }), 65_535)).toBe(true);
  });

  it("opens all ports with all protocols", () => {
    expect(opensOnly(rule({ ip_protocol: "-1", from_port: 6379, to_port: 6379 }), 6379)).toBe(
      false,
    );
  });
});
