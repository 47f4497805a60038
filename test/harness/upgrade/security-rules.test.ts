import { expect, it } from "vitest";
import { type RootModule, upgradeBetween } from "../../../harness/ecs/index.ts";
import { isMissed } from "../../../harness/upgrade/security-rules.ts";

const rule = (more: object) => ({
  security_group_id: "${aws_security_group.hosts.id}",
  referenced_security_group_id: "${aws_security_group.app.id}",
  ip_protocol: "tcp",
  from_port: 40_000,
  to_port: 49_999,
  ...more,
});

const type = "aws_vpc_security_group_ingress_rule";

const root = (rules: object, groups: object = { hosts: {}, app: {} }): RootModule => ({
  resource: { aws_security_group: groups as never, [type]: rules as never },
});

const known = { parameters: {}, drawn: new Map<string, string>() };

/** Whether a removed or changed rule is needed. */
async function isMissedIn(old: RootModule, next: RootModule): Promise<boolean> {
  return isMissed(`${type}.gone`, await upgradeBetween(old, next, known));
}

it.each<[boolean, string, object]>([
  [true, "no other", {}],
  [false, "the same again", { other: rule({}) }],
  [false, "more ports", { other: rule({ from_port: 1024, to_port: 65_535 }) }],
  [false, "every protocol", { other: rule({ ip_protocol: "-1", from_port: null, to_port: null }) }],
  [true, "fewer ports", { other: rule({ to_port: 49_998 }) }],
  [true, "fewer ports at the start", { other: rule({ from_port: 40_001 }) }],
  [true, "another protocol", { other: rule({ ip_protocol: "udp" }) }],
  [true, "another group", { other: rule({ security_group_id: "sg-0a" }) }],
  [true, "another peer", { other: rule({ referenced_security_group_id: "sg-0a" }) }],
])("a rule that goes is missed: %s, where there is a rule of %s", async (isNeeded, _, others) => {
  expect(await isMissedIn(root({ gone: rule({}), ...others }), root(others))).toBe(isNeeded);
});

it("a rule that is added in the same upgrade does not count", async () => {
  const next = root({ other: rule({ description: "new" }) });
  expect(await isMissedIn(root({ gone: rule({ description: "old" }) }), next)).toBe(true);
});

it("a rule is not needed if its peer is removed", async () => {
  const next = root({}, { hosts: {} });
  expect(await isMissedIn(root({ gone: rule({}) }), next)).toBe(false);
});

it("an unknown rule counts as removed", async () => {
  expect(await isMissedIn(root({}), root({}))).toBe(true);
});
