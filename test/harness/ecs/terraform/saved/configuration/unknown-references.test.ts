import { describe, expect, it } from "vitest";
import {
  content,
  definition,
  firstPlan,
  type Json,
  type Planned,
  service,
  templatesOf,
} from "../fixture.ts";

const group = (index: string): Planned => ({
  address: `aws_lb_target_group.this["${index}"]`,
  values: { name: index, port: 80 },
  unknown: { arn: true },
});

const balanced = (references: readonly string[], address = "web"): Planned => {
  const plain = service(address, {
    load_balancer: [{ container_name: "app", container_port: 80 }],
  });
  return {
    ...plain,
    unknown: { ...plain.unknown, load_balancer: [{ target_group_arn: true }] },
    written: {
      ...plain.written,
      load_balancer: [
        { target_group_arn: { references }, container_name: { constant_value: "app" } },
      ],
    },
  };
};

const targetOf = async (plan: Json, resolve = {}) => {
  const { first, saved } = await templatesOf(plan, resolve);
  return { target: first.plan.services[0]?.targets[0]?.address, inferred: saved.inferred };
};

const ARGUMENT = "aws_ecs_service.web.load_balancer.target_group_arn";

describe("a reference that is unknown before apply", () => {
  it("refers to the instance with the key in its expression", async () => {
    const references = [
      'aws_lb_target_group.this["b"].arn',
      'aws_lb_target_group.this["b"]',
      "aws_lb_target_group.this",
    ];
    const plan = firstPlan(definition("web"), balanced(references), group("a"), group("b"));
    expect((await targetOf(plan)).target).toBe('aws_lb_target_group.this["b"]');
  });

  it("refers to the instance with the same key, through each.key and through each.value", async () => {
    for (const references of [
      ["aws_lb_target_group.this", "each.key"],
      ["each.value.arn", "each.value"],
    ]) {
      const plan = firstPlan(definition("web"), balanced(references), group("a"), group("b"));
      plan.resource_changes[1].address = 'aws_ecs_service.web["b"]';
      plan.resource_changes[1].index = "b";
      plan.configuration.root_module.resources[1].for_each_expression = {
        references: ["aws_lb_target_group.this"],
      };
      expect((await targetOf(plan)).target).toBe('aws_lb_target_group.this["b"]');
    }
  });

  it("is followed through a module's output", async () => {
    const references = ["module.balancer.target_group", "module.balancer"];
    const plan = firstPlan(definition("web"), balanced(references), group("a"), group("b"));
    for (const change of plan.resource_changes.slice(2)) {
      change.address = `module.balancer.${change.address}`;
      change.module_address = "module.balancer";
    }
    plan.configuration.root_module.module_calls = {
      balancer: {
        module: {
          outputs: {
            target_group: { expression: { references: ['aws_lb_target_group.this["a"].arn'] } },
          },
        },
      },
    };
    expect((await targetOf(plan)).target).toBe('module.balancer.aws_lb_target_group.this["a"]');
  });

  it("is refused with the candidates if there are several, unless the option resolve names one", async () => {
    const plan = firstPlan(
      definition("web"),
      balanced(["aws_lb_target_group.this"]),
      group("a"),
      group("b"),
    );
    await expect(targetOf(plan)).rejects.toThrow(
      `${ARGUMENT} is not known before apply, and the plan does not show which aws_lb_target_group it refers to; candidates: aws_lb_target_group.this["a"], aws_lb_target_group.this["b"]; name one in the option resolve, "${ARGUMENT}"`,
    );
    for (const name of [ARGUMENT, "aws_ecs_service.web"]) {
      const settled = await targetOf(plan, { [name]: 'aws_lb_target_group.this["b"]' });
      expect(settled).toEqual({ target: 'aws_lb_target_group.this["b"]', inferred: [] });
    }
  });

  it("is refused if a local may refer to several", async () => {
    const plan = firstPlan(
      definition("web"),
      balanced(["local.target_group"]),
      group("a"),
      group("b"),
    );
    await expect(targetOf(plan)).rejects.toThrow('candidates: aws_lb_target_group.this["a"]');
  });

  it("is refused if the plan has no resource of its type", async () => {
    const plan = firstPlan(definition("web"), balanced(["var.target_group"]));
    await expect(targetOf(plan)).rejects.toThrow("candidates: none");
  });

  it("of a dynamic block is refused if its module instance has several candidates", async () => {
    const plan = content("handwritten-split.plan");
    const other = structuredClone(
      plan.resource_changes.find((each: Json) => each.type === "aws_service_discovery_service"),
    );
    other.address = 'module.service["redis"].aws_service_discovery_service.other';
    other.name = "other";
    delete other.index;
    other.change.after.name = "other";
    plan.resource_changes.push(other);
    await expect(templatesOf(plan)).rejects.toThrow(
      /service_registries\.registry_arn is not known before apply.*aws_service_discovery_service\.this\[0\], .*\.other/,
    );
  });
});

const severalGroups = (): Json =>
  firstPlan(definition("web"), balanced(["aws_lb_target_group.this"]), group("a"), group("b"));

describe("a name in the option resolve", () => {
  it("is refused if it is not a resource of the type", async () => {
    await expect(targetOf(severalGroups(), { [ARGUMENT]: "aws_lb.none" })).rejects.toThrow(
      `${ARGUMENT} refers to a aws_lb_target_group, and aws_lb.none is not one in the plan; candidates: aws_lb_target_group.this["a"]`,
    );
  });

  it("is reported if it is not used", async () => {
    const settled = { [ARGUMENT]: 'aws_lb_target_group.this["a"]', "aws_lb.x": "aws_lb.y" };
    const { saved } = await templatesOf(severalGroups(), settled);
    expect(saved.unused).toEqual(["aws_lb.x"]);
  });
});
