import { expect, it } from "vitest";
import { movedIn, renamed, renamesBetween } from "../../../../harness/ecs/terraform/renames.ts";

const vpc = { cidr_block: "10.0.0.0/16" };
const subnet = (name: string) => ({ vpc_id: `\${aws_vpc.${name}.id}`, cidr_block: "10.0.1.0/24" });
const module = (name: string, sub: string) => ({
  resource: { aws_vpc: { [name]: vpc }, aws_subnet: { [sub]: subnet(name) } },
});

it("renames a resource and its references, but no longer names with the same beginning", () => {
  const old = {
    ...module("a", "s"),
    output: { x: "${aws_vpc.a.id} ${aws_vpc.ab.id} data.aws_vpc.a" },
  };
  const after = renamed(old, [{ from: "aws_vpc.a", to: "aws_vpc.b" }]);
  expect(after).toEqual({
    ...module("b", "s"),
    output: { x: "${aws_vpc.b.id} ${aws_vpc.ab.id} data.aws_vpc.a" },
  });
});

it("finds renames that depend on other renames", () => {
  expect(renamesBetween(module("a", "s"), module("b", "t"))).toEqual([
    { from: "aws_vpc.a", to: "aws_vpc.b" },
    { from: "aws_subnet.s", to: "aws_subnet.t" },
  ]);
});

it("ignores ambiguous matches", () => {
  const two = { resource: { aws_vpc: { b: vpc, c: vpc } } };
  expect(renamesBetween({ resource: { aws_vpc: { a: vpc } } }, two)).toEqual([]);
});

it("ignores moved blocks of missing resources, and refuses modules", () => {
  const next = { ...module("b", "s"), moved: [{ from: "aws_vpc.a", to: "aws_vpc.b" }] };
  expect(movedIn(next, module("a", "s"))).toEqual([{ from: "aws_vpc.a", to: "aws_vpc.b" }]);
  expect(movedIn(next, module("c", "s"))).toEqual([]);
  const within = { moved: [{ from: "module.x", to: "module.x.y" }] };
  expect(() => movedIn(within, module("a", "s"))).toThrow("moved: module.x.y");
});
