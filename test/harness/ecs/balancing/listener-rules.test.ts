import { describe, expect, it } from "vitest";
import { ruleFor } from "../../../../harness/ecs/balancing/listener-rules.ts";
import type { ListenerPlan, RuleCondition } from "../../../../harness/ecs/terraform/plan/plan.ts";

const forward = (targetGroup: string) => ({ type: "forward", targetGroup }) as const;

/** A listener with a rule with these conditions. */
const listener = (...conditions: readonly RuleCondition[]): ListenerPlan => ({
  port: 80,
  protocol: "HTTP",
  rules: [{ conditions, action: forward("rule") }],
  action: forward("default"),
});

const asked = (url: string, headers: object = {}, method = "GET") => ({
  url,
  method,
  headers: { host: "example.test:8080", ...headers },
});

describe("a rule of a listener", () => {
  it.each<[string, RuleCondition, object, boolean]>([
    ["a path", { type: "path", values: ["/api"] }, asked("/api?x=1"), true],
    ["another path", { type: "path", values: ["/api"] }, asked("/api/x"), false],
    ["a path in another case", { type: "path", values: ["/api"] }, asked("/API"), false],
    ["a pattern", { type: "path", values: ["/x", "/api/*/v?"] }, asked("/api/a/b/v1"), true],
    ["a pattern with a dot", { type: "path", values: ["/a.b"] }, asked("/axb"), false],
    ["a host in any case", { type: "host", values: ["*.TEST"] }, asked("/"), true],
    ["another host", { type: "host", values: ["test"] }, asked("/"), false],
    ["a method", { type: "method", values: ["PUT", "POST"] }, asked("/", {}, "POST"), true],
    ["another method", { type: "method", values: ["PUT"] }, asked("/"), false],
    [
      "a header",
      { type: "header", name: "X-Kind", values: ["b?ta*"] },
      asked("/", { "x-kind": "Beta 2" }),
      true,
    ],
    ["no header", { type: "header", name: "X-Kind", values: ["*"] }, asked("/"), false],
    [
      "a query parameter",
      { type: "query", values: [{ key: "v", value: "1*" }] },
      asked("/?a=2&v=12"),
      true,
    ],
    ["a value of the query", { type: "query", values: [{ value: "12" }] }, asked("/?v=12"), true],
    ["another key", { type: "query", values: [{ key: "w", value: "1" }] }, asked("/?v=1"), false],
  ])("matches by %s: %o", (_what, condition, request, isMet) => {
    const { action } = ruleFor(listener(condition), request as ReturnType<typeof asked>);
    expect(action).toEqual(forward(isMet ? "rule" : "default"));
  });

  it.each([
    ["a*b*c", "a1b2b3c", true],
    ["a*b*c", "a1b2b3c4", false],
    ["*", "", true],
    ["?", "", false],
    ["a**", "a", true],
    // As a regular expression it takes more than a minute.
    [`/${"*a".repeat(60)}b`, `/${"a".repeat(100)}`, false],
  ])("has %s match %s: %s", (pattern, text, isMet) => {
    const { action } = ruleFor(listener({ type: "path", values: [pattern] }), asked(text));
    expect(action).toEqual(forward(isMet ? "rule" : "default"));
  });

  it("needs all its conditions; the first matching rule decides", () => {
    const both = listener(
      { type: "path", values: ["/api*"] },
      { type: "method", values: ["POST"] },
    );
    expect(ruleFor(both, asked("/api")).action).toEqual(forward("default"));
    expect(ruleFor(both, asked("/api", {}, "POST")).action).toEqual(forward("rule"));
    const [rule] = both.rules;
    const earlier = { address: "e", conditions: [], action: forward("earlier") };
    const two = { ...both, rules: [earlier, ...(rule ? [rule] : [])] };
    expect(ruleFor(two, asked("/api", {}, "POST")).action).toEqual(forward("earlier"));
  });
});
