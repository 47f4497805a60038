import { describe, expect, it } from "vitest";
import { hostTemplates } from "../../../stacks/rules/host-templates.ts";
import {
  Template,
  at,
  blocks,
  isAbout,
  parsed,
  statements,
  strings,
  text,
  texts,
} from "../../../stacks/rules/template.ts";

const efs = { creation_token: "dev" };
const template = new Template({
  resource: { aws_efs_file_system: { storage: efs } },
  data: { aws_vpc: { main: {} } },
});

const script = (lines: string) => ({ user_data: Buffer.from(lines).toString("base64") });

describe("a template", () => {
  it.each([
    "${aws_efs_file_system.storage.id}",
    "${aws_efs_file_system.storage}",
    "aws_efs_file_system.storage",
    "aws_efs_file_system.storage.arn.name",
  ])("finds the resource of the reference %s", (reference) => {
    expect(template.find(reference)?.body).toBe(efs);
  });

  it.each([
    "${aws_efs_file_system.other.id}",
    "x${aws_efs_file_system.storage.id}",
    "${aws_efs_file_system.storage.id}/path",
    "fs-0123",
    undefined,
  ])("finds no resource for %s", (reference) => {
    expect(template.find(reference)).toBeUndefined();
  });

  it("declares resources and data sources by their full address", () => {
    expect(template.declares("aws_efs_file_system.storage")).toBe(true);
    expect(template.declares("data.aws_vpc.main")).toBe(true);
    expect(template.declares("data.aws_vpc.other")).toBe(false);
    expect(template.declares("data.aws_vpc")).toBe(false);
    expect(template.declares("")).toBe(false);
  });

  it("has host templates with a cluster in the user data", () => {
    const mixed = new Template({
      resource: {
        aws_launch_template: {
          host: script("#!/bin/sh\nECS_CLUSTER=dev\n"),
          other: script("#!/bin/sh\n"),
          plain: {},
        },
      },
    });
    expect(hostTemplates(mixed).map(({ address }) => address)).toEqual([
      "aws_launch_template.host",
    ]);
  });
});

describe("the helpers of rules", () => {
  it("at: finds a value in objects, single blocks and lists", () => {
    const items = Array.from({ length: 12 }, (_, index) => ({ name: `item ${index}` }));
    const body = { list: items, one: [{ a1b: { "2c": 3 } }] };
    expect(at(body, "list.10.name")).toBe("item 10");
    expect(at(body, "list.name")).toBe("item 0");
    expect(at(body, "one.a1b.2c")).toBe(3);
    expect(at([{ "1x": 1, x1: 2 }], "1x")).toBe(1);
    expect(at([{ "1x": 1, x1: 2 }], "x1")).toBe(2);
    expect(at(body, "list.12.name")).toBeUndefined();
    expect(at({ none: null }, "none.name")).toBeUndefined();
  });

  it("blocks: accepts none, one or a list", () => {
    expect([undefined, null, { a: 1 }, [{ a: 1 }, { a: 2 }], [null, "x"]].map(blocks)).toEqual([
      [],
      [],
      [{ a: 1 }],
      [{ a: 1 }, { a: 2 }],
      [{}, {}],
    ]);
  });

  it("text and texts: accept strings and lists", () => {
    expect(["a", 1, undefined].map(text)).toEqual(["a", "", ""]);
    expect([["a", 1], "a", undefined].map(texts)).toEqual([["a", "1"], [], []]);
  });

  it("strings: finds strings at any depth, and skips null", () => {
    const found = [...strings({ a: "1", b: [{ c: "2" }, null], d: 3 })];
    expect(found).toEqual([
      ["a", "1"],
      ["b.0.c", "2"],
    ]);
    expect([...strings("alone")]).toEqual([["", "alone"]]);
    expect([...strings(null)]).toEqual([]);
    expect([...strings({ none: undefined })]).toEqual([]);
  });

  it("statements: parses a policy in a string", () => {
    const policy = JSON.stringify({ Statement: [{ Action: ["a:One"] }, { Action: "a:Two" }] });
    const [first = {}, second = {}] = statements(policy);
    expect([isAbout(first, "a:One"), isAbout(first, "a:Two")]).toEqual([true, false]);
    expect(isAbout(second, "a:Two")).toBe(true);
    expect(parsed("{")).toBeUndefined();
    expect(statements("${data.policy}")).toEqual([]);
  });
});
