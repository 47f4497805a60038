import { describe, expect, it } from "vitest";
import { definition, firstPlan, service, templatesOf } from "../fixture.ts";

async function notesOf(values: object): Promise<string[]> {
  const { saved } = await templatesOf(firstPlan(definition("app"), service("app", values)));
  return saved.notes.map(({ text }) => text);
}

const refers = (address: string): object => ({ references: [`${address}.arn`, address] });

const group = (name: string) => ({
  address: `aws_lb_target_group.${name}`,
  values: { name, port: 80, protocol: "HTTP", target_type: "instance" },
  unknown: { arn: true },
});

describe("the deployments of a plan's service", () => {
  it("roll without a note", async () => {
    expect(await notesOf({ deployment_controller: [{ type: "ECS" }] })).toEqual([]);
    expect(await notesOf({ deployment_configuration: [{ strategy: "ROLLING" }] })).toEqual([]);
  });

  it.each([
    [
      { deployment_controller: [{ type: "CODE_DEPLOY" }] },
      "deployment_controller CODE_DEPLOY is not played: ECS itself rolls out its deployments",
    ],
    [
      { deployment_controller: [{ type: "EXTERNAL" }] },
      "deployment_controller EXTERNAL is not played: ECS itself rolls out its deployments",
    ],
    [
      { deployment_configuration: [{ strategy: "CANARY", canary_configuration: [{}] }] },
      "the strategy CANARY is not played: its deployments are ROLLING",
    ],
    [
      { deployment_configuration: [{ strategy: "LINEAR" }] },
      "the strategy LINEAR is not played: its deployments are ROLLING",
    ],
    [
      { deployment_configuration: [{ strategy: "BLUE_GREEN", bake_time_in_minutes: "5" }] },
      "the strategy BLUE_GREEN is not played: its deployments are ROLLING",
    ],
    [
      { deployment_configuration: [{ strategy: "ROLLING", lifecycle_hook: [{}] }] },
      "lifecycle_hook is not played, because local processes call no AWS API",
    ],
  ])("have a note: %j", async (values, note) => {
    expect(await notesOf(values)).toEqual([note]);
  });

  it("roll with the first of two target groups, whose rules are known after apply", async () => {
    const plain = service("app", {
      deployment_configuration: [{ strategy: "BLUE_GREEN", bake_time_in_minutes: "5" }],
      load_balancer: [
        { container_name: "app", container_port: 80, advanced_configuration: [{ role_arn: null }] },
      ],
    });
    const unknown = {
      target_group_arn: true,
      advanced_configuration: [
        {
          alternate_target_group_arn: true,
          production_listener_rule: true,
          test_listener_rule: true,
        },
      ],
    };
    const written = {
      target_group_arn: refers("aws_lb_target_group.blue"),
      advanced_configuration: [
        {
          alternate_target_group_arn: refers("aws_lb_target_group.green"),
          production_listener_rule: refers("aws_lb_listener_rule.production"),
          test_listener_rule: refers("aws_lb_listener.http"),
        },
      ],
    };
    const { first } = await templatesOf(
      firstPlan(
        definition("app"),
        {
          ...plain,
          unknown: { ...plain.unknown, load_balancer: [unknown] },
          written: { ...plain.written, load_balancer: [written] },
        },
        group("blue"),
        group("green"),
        { address: "aws_lb.main", values: { name: "main" }, unknown: { arn: true } },
        {
          address: "aws_lb_listener.http",
          values: { port: 80, default_action: [{ type: "forward" }] },
          unknown: { load_balancer_arn: true, default_action: [{ target_group_arn: true }] },
          written: {
            load_balancer_arn: refers("aws_lb.main"),
            default_action: [{ target_group_arn: refers("aws_lb_target_group.blue") }],
          },
        },
        {
          address: "aws_lb_listener_rule.production",
          values: {
            priority: 1,
            action: [{ type: "forward" }],
            condition: [{ path_pattern: [{ values: ["/x"] }] }],
          },
          unknown: { listener_arn: true, action: [{ target_group_arn: true }] },
          written: {
            listener_arn: refers("aws_lb_listener.http"),
            action: [{ target_group_arn: refers("aws_lb_target_group.blue") }],
          },
        },
      ),
    );
    const [app] = first.plan.services;
    expect(app?.targets).toEqual([
      { address: "aws_lb_target_group.blue", containerName: "app", containerPort: 80 },
    ]);
  });
});

describe("a load balancer of another folder", () => {
  const listener =
    "arn:aws:elasticloadbalancing:us-east-1:1:listener/app/main/50dc6c495c0c9188/f2f7dc8efc522ab2";

  it("has rules that are left out with a note", async () => {
    const rule = {
      address: "aws_lb_listener_rule.app",
      values: {
        priority: 1,
        listener_arn: listener,
        action: [{ type: "forward" }],
        condition: [{ path_pattern: [{ values: ["/x"] }] }],
      },
      unknown: { action: [{ target_group_arn: true }] },
      written: { action: [{ target_group_arn: refers("aws_lb_target_group.app") }] },
    };
    const app = service("app", { load_balancer: [{ container_name: "app", container_port: 80 }] });
    const { saved, first } = await templatesOf(
      firstPlan(
        definition("app"),
        {
          ...app,
          unknown: { ...app.unknown, load_balancer: [{ target_group_arn: true }] },
          written: {
            ...app.written,
            load_balancer: [{ target_group_arn: refers("aws_lb_target_group.app") }],
          },
        },
        group("app"),
        rule,
      ),
    );
    const text =
      "is not played, because its listener is of another folder: tasks are reached at their own ports";
    expect(saved.notes).toEqual([{ address: "aws_lb_listener_rule.app", text }]);
    expect(first.plan.services[0]?.targets).toHaveLength(1);
    expect(first.plan.loadBalancers).toEqual([]);
  });

  it("has target groups that a service leaves out with a note", async () => {
    const target_group_arn =
      "arn:aws:elasticloadbalancing:us-east-1:1:targetgroup/app/73e2d6bc24d8a067";
    const { saved, first } = await templatesOf(
      firstPlan(
        definition("app"),
        service("app", {
          load_balancer: [{ target_group_arn, container_name: "app", container_port: 80 }],
        }),
      ),
    );
    expect(saved.notes).toEqual([
      {
        address: "aws_ecs_service.app",
        text: "its target group is of another folder: tasks are reached at their own ports",
      },
    ]);
    expect(first.plan.services[0]?.targets).toEqual([]);
  });
});
