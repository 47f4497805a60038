import { describe, expect, it } from "vitest";
import { definition, firstPlan, service, templatesOf } from "./fixture.ts";

const group = (name: string) => ({
  address: `aws_lb_target_group.${name}`,
  values: { name, port: 80, target_type: "instance" },
  unknown: { arn: true },
});

const refers = (to: string) => ({ references: [`${to}.arn`, to] });

const forwards = (name: string) => ({
  action: [{ type: "forward", order: 1, target_group_arn: null }],
  unknown: { listener_arn: true, action: [{ target_group_arn: true }] },
  written: {
    listener_arn: refers("aws_lb_listener.http"),
    action: [{ target_group_arn: refers(`aws_lb_target_group.${name}`) }],
  },
});

const rule = (name: string, priority: number, condition: object) => {
  const { action, ...unknown } = forwards(name);
  const values = { priority, action, condition: [condition] };
  return { address: `aws_lb_listener_rule.${name}`, values, ...unknown };
};
/** A listener with two rules, and the group of each; what is not known before apply is known by its references. */
const balanced = () => {
  return firstPlan(
    definition("app"),
    service("app"),
    { address: "aws_lb.main", values: { name: "main" }, unknown: { arn: true } },
    group("api"),
    group("old"),
    {
      address: "aws_lb_listener.http",
      values: {
        port: 80,
        protocol: "HTTP",
        default_action: [
          {
            type: "fixed-response",
            fixed_response: [{ content_type: "text/plain", status_code: "404" }],
          },
        ],
      },
      unknown: { load_balancer_arn: true, arn: true },
      written: { load_balancer_arn: refers("aws_lb.main") },
    },
    rule("old", 20, {
      host_header: [{ values: ["old.example"] }],
      path_pattern: [],
      http_header: [],
      query_string: [],
      source_ip: [],
    }),
    rule("api", 10, {
      path_pattern: [{ values: ["/api/*"] }],
      host_header: [],
      query_string: [{ key: "v", value: "1" }],
    }),
  );
};

describe("rules of a listener", () => {
  it("are read in the order of their priority, with the groups that they refer to", async () => {
    const { first } = await templatesOf(balanced());
    const [listener] = first.plan.loadBalancers[0]?.listeners ?? [];
    expect(listener?.action).toMatchObject({ type: "fixed-response", status: 404 });
    expect(listener?.rules).toEqual([
      {
        conditions: [
          { type: "path", values: ["/api/*"] },
          { type: "query", values: [{ key: "v", value: "1" }] },
        ],
        action: { type: "forward", targetGroup: "aws_lb_target_group.api" },
      },
      {
        conditions: [{ type: "host", values: ["old.example"] }],
        action: { type: "forward", targetGroup: "aws_lb_target_group.old" },
      },
    ]);
  });
});
