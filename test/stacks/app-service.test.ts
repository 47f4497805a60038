import { describe, expect, it } from "vitest";
import { container, devWith, leastEnvironment, one } from "./support/template.ts";

const { app } = leastEnvironment;

describe("the app service", () => {
  const template = devWith({ app: { ...app, port: 8080, desiredCount: 3 } });
  const service = one(template, "aws_ecs_service", "app_service");

  it("has new tasks healthy before old ones stop, and rolls back what does not get healthy", () => {
    expect(service).toMatchObject({
      name: "dev-app",
      desired_count: 3,
      deployment_minimum_healthy_percent: 100,
      deployment_maximum_percent: 200,
      deployment_circuit_breaker: { enable: true, rollback: true },
    });
    expect(one(template, "aws_ecs_task_definition", "app_task_definition")).toMatchObject({
      network_mode: "bridge",
      skip_destroy: true,
    });
  });

  it("stands behind its load balancer, whose listener comes first", () => {
    expect(service["load_balancer"]).toEqual([
      {
        target_group_arn: "${aws_lb_target_group.load_balancer_targets.arn}",
        container_name: "app",
        container_port: 8080,
      },
    ]);
    expect(service["depends_on"]).toContain("aws_lb_listener.load_balancer_http");
  });

  it("is deployed after Redis is steady", () => {
    expect(service["depends_on"]).toContain("aws_ecs_service.redis_service");
    expect(one(template, "aws_ecs_service", "redis_service")["wait_for_steady_state"]).toBe(true);
  });

  it("may ask Cloud Map for its Redis, and for nothing else", () => {
    const policy = one(template, "aws_iam_role_policy", "app_roles_task_policy");
    expect(JSON.parse(String(policy["policy"]))).toMatchObject({
      Statement: [
        {
          Effect: "Allow",
          Action: "servicediscovery:DiscoverInstances",
          Condition: {
            StringEquals: {
              "servicediscovery:NamespaceName": "dev-ecs",
              "servicediscovery:ServiceName": "dev-redis",
            },
          },
        },
      ],
    });
  });
});

describe("the app container", () => {
  it("finds Redis, its port and its region in the environment, beside variables of its own", () => {
    const template = devWith({ app: { ...app, environment: { LOG_LEVEL: "info" } } });
    expect(container(template, "app").environment).toEqual([
      { name: "AWS_REGION", value: "eu-west-1" },
      { name: "LOG_LEVEL", value: "info" },
      { name: "PORT", value: "3000" },
      { name: "REDIS_URL", value: "redis+srv://dev-redis.dev-ecs" },
    ]);
  });

  it("runs the image that is named", () => {
    expect(container(devWith(), "app").image).toBe("example.com/app:1");
  });

  it("runs the image that a release pipeline wrote to a parameter", () => {
    const template = devWith({ app: { ...app, image: { ssmParameter: "/dev/app/image" } } });
    expect(container(template, "app").image).toBe(
      "${data.aws_ssm_parameter.app_image.insecure_value}",
    );
    expect(template.json.data).toEqual({
      aws_ssm_parameter: { app_image: expect.objectContaining({ name: "/dev/app/image" }) },
    });
  });
});
