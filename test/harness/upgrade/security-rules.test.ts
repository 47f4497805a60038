import { expect, it } from "vitest";
import { isMissed } from "../../../harness/upgrade/security-rules.ts";

const rule = (more: object = {}) => ({
  security_group_id: "sg-hosts",
  referenced_security_group_id: "sg-app",
  ip_protocol: "tcp",
  from_port: 40_000,
  to_port: 49_999,
  ...more,
});

const type = "aws_vpc_security_group_ingress_rule";

const removed = {
  address: `${type}.gone`,
  type,
  action: "destroy",
  arguments: [],
  before: rule(),
} as const;

const staying = (values: object, kind = type) => ({
  address: `${kind}.other`,
  type: kind,
  values: values as Record<string, unknown>,
});

it.each<[boolean, string, object | undefined]>([
  [true, "no other", undefined],
  [false, "the same again", rule()],
  [false, "more ports", rule({ from_port: 1024, to_port: 65_535 })],
  [false, "every protocol", rule({ ip_protocol: "-1", from_port: null, to_port: null })],
  [true, "fewer ports", rule({ to_port: 49_998 })],
  [true, "fewer ports at the start", rule({ from_port: 40_001 })],
  [true, "another protocol", rule({ ip_protocol: "udp" })],
  [true, "another group", rule({ security_group_id: "sg-0a" })],
  [true, "another peer", rule({ referenced_security_group_id: "sg-0a" })],
])("a rule that goes is missed: %s, where there is a rule of %s", (isNeeded, _, other) => {
  const unchanged = other === undefined ? [] : [staying(other)];
  expect(isMissed(removed, { changes: [removed], unchanged, drifted: [] })).toBe(isNeeded);
});

it("a rule of another kind does not count", () => {
  const unchanged = [staying(rule(), "aws_vpc_security_group_egress_rule")];
  expect(isMissed(removed, { changes: [removed], unchanged, drifted: [] })).toBe(true);
});

it("a rule of the older resource is compared by its own arguments", () => {
  const old = {
    type: "ingress",
    security_group_id: "sg-a",
    protocol: "tcp",
    from_port: 1,
    to_port: 9,
  };
  const kind = "aws_security_group_rule";
  const gone = { ...removed, type: kind, before: { ...old, cidr_blocks: ["10.0.0.0/8"] } };
  const planned = (cidr: string) => ({
    changes: [gone],
    unchanged: [staying({ ...old, cidr_blocks: [cidr] }, kind)],
    drifted: [],
  });
  expect(isMissed(gone, planned("10.0.0.0/8"))).toBe(false);
  expect(isMissed(gone, planned("192.168.0.0/16"))).toBe(true);
});

it.each([
  ["destroy", false],
  ["change", true],
] as const)("where its peer has the action %s, it is missed: %s", (action, isNeeded) => {
  const group = {
    address: "aws_security_group.app",
    type: "aws_security_group",
    action,
    arguments: [],
    before: { id: "sg-app" },
  };
  const planned = { changes: [removed, group], unchanged: [], drifted: [] };
  expect(isMissed(removed, planned)).toBe(isNeeded);
});
