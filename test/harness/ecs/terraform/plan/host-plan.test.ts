import { describe, expect, it } from "vitest";
import { readTemplate, type Template } from "../../../../../harness/ecs/terraform/template.ts";
import { template, type Overrides } from "../../fixture/template.ts";

const read = (overrides: Overrides): Promise<Template> =>
  readTemplate(template(overrides), { parameters: {}, drawn: new Map() });

const hosts = (settings: string): Overrides => ({
  resource: {
    aws_launch_template: {
      hosts: { instance_type: "t3.small", user_data: Buffer.from(settings).toString("base64") },
    },
  },
});

it("a group of mixed instances has its template in the policy, beside an empty one", async () => {
  const { plan } = await read({
    resource: {
      aws_launch_template: { hosts: { instance_type: "t3.small" } },
      aws_autoscaling_group: {
        hosts: {
          min_size: 2,
          max_size: 3,
          launch_configuration: "",
          launch_template: [{ id: "", name: "" }],
          mixed_instances_policy: {
            launch_template: {
              launch_template_specification: {
                launch_template_id: "${aws_launch_template.hosts.id}",
              },
              override: [{ instance_type: "t3.medium" }],
            },
          },
        },
      },
    },
  });
  expect(plan.hosts).toMatchObject({ count: 2, memory: 3809 });
});

describe("the agent's settings in the user data", () => {
  it.each([
    "echo ECS_CLUSTER=test>>/etc/ecs/ecs.config",
    "echo ECS_CLUSTER=test; echo ECS_RESERVED_MEMORY=904 >> /etc/ecs/ecs.config",
    "printf 'ECS_CLUSTER=test\\nECS_RESERVED_MEMORY=904\\n' > /etc/ecs/ecs.config",
    'echo -e "X=1\\nECS_CLUSTER=test\\nECS_RESERVED_MEMORY=904" | tee /etc/ecs/ecs.config',
    "# ECS_CLUSTER=other\nECS_CLUSTER=test\n  #ECS_RESERVED_MEMORY=1",
    "ECS_CLUSTER=other\nECS_RESERVED_MEMORY=1\nECS_CLUSTER='test'\nECS_RESERVED_MEMORY=\"904\"",
  ])("can be written as %s", async (settings) => {
    const { plan } = await read(hosts(settings));
    expect(plan.hosts.memory).toBe(settings.includes("904") ? 1000 : 1904);
  });

  it("reserve memory", async () => {
    const { plan } = await read(hosts("ECS_RESERVED_MEMORY=904"));
    expect(plan.hosts.memory).toBe(1000);
  });

  it.each([
    ["ECS_CLUSTER=other", "user_data: ECS_CLUSTER=other"],
    ["ECS_RESERVED_MEMORY=much", "user_data: ECS_RESERVED_MEMORY=much"],
  ])("are refused if they contradict the template: %s", async (settings, message) => {
    await expect(read(hosts(settings))).rejects.toThrow(message);
  });
});
