import { describe, expect, it } from "vitest";
import { outlive } from "../support/references.ts";
import { refusedLines } from "../support/refusal.ts";
import {
  all,
  container,
  devWith,
  existingParts,
  minimalEnvironment,
  one,
  type Resource,
  type Template,
  withoutNat,
} from "../support/template.ts";

const { app } = minimalEnvironment;
function inMode(
  networkMode: "bridge" | "awsvpc" | "host",
  changes: object = {},
  others: object = {},
): Template {
  return devWith({ ...others, app: { ...app, networkMode, port: 8080, ...changes } });
}

function addressesIn({ json }: Template): Set<string> {
  return new Set(
    Object.entries(json.resource).flatMap(([type, byId]) =>
      Object.keys(byId).map((id) => `${type}.${id}`),
    ),
  );
}

function rulesInto(template: Template, group: string): Resource[] {
  return all(template, "aws_vpc_security_group_ingress_rule")
    .filter(([, rule]) => rule["security_group_id"] === group)
    .map(([, rule]) => rule);
}

const hosts = "${aws_security_group.cluster_security_group.id}";
const tasks = "${aws_security_group.app_network_security_group.id}";
const balancer = "${aws_security_group.load_balancer_security_group.id}";
describe("an app in awsvpc mode", () => {
  const template = inMode("awsvpc");

  it("accepts connections only from its load balancer, by address, on its own port", () => {
    expect(rulesInto(template, tasks)).toEqual([
      expect.objectContaining({
        from_port: 8080,
        to_port: 8080,
        referenced_security_group_id: balancer,
      }),
    ]);
    expect(rulesInto(template, hosts)).not.toContainEqual(
      expect.objectContaining({ referenced_security_group_id: balancer }),
    );
    expect(one(template, "aws_lb_target_group")).toMatchObject({
      name: "dev-app-ip",
      target_type: "ip",
      lifecycle: { create_before_destroy: true },
    });
  });

  it("may use the endpoints of AWS services without NAT", () => {
    const isolated = devWith({
      ...withoutNat,
      app: { ...withoutNat.app, networkMode: "awsvpc" },
    });
    expect(
      rulesInto(isolated, "${aws_security_group.network_endpoints_security_group.id}"),
    ).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ from_port: 443, referenced_security_group_id: tasks }),
      ]),
    );
  });

  it("may connect to each security group of an existing cluster's hosts", () => {
    const { network, cluster } = existingParts;
    const existing = devWith({ network, cluster, app: { ...app, networkMode: "awsvpc" } });
    for (const group of cluster.instanceSecurityGroupIds) {
      expect(rulesInto(existing, group)).toEqual([
        expect.objectContaining({
          from_port: 32_768,
          to_port: 49_000,
          referenced_security_group_id: tasks,
        }),
      ]);
    }
  });
});

describe("an app in host mode", () => {
  const template = inMode("host", { desiredCount: 3 });

  it("uses its port on the host, also for the load balancer", () => {
    expect(one(template, "aws_ecs_task_definition", "app_task_definition")).toMatchObject({
      network_mode: "host",
    });
    expect(container(template, "app")["portMappings"]).toEqual([
      { containerPort: 8080, hostPort: 8080, protocol: "tcp" },
    ]);
    expect(one(template, "aws_lb_target_group")).toMatchObject({
      name: "dev-app",
      target_type: "instance",
    });
    expect(rulesInto(template, hosts)).toContainEqual(
      expect.objectContaining({
        from_port: 8080,
        to_port: 8080,
        referenced_security_group_id: balancer,
      }),
    );
  });

  it("stops half of the old tasks before new ones start", () => {
    expect(one(template, "aws_ecs_service", "app_service")).toMatchObject({
      deployment_minimum_healthy_percent: 50,
      deployment_maximum_percent: 100,
      availability_zone_rebalancing: "DISABLED",
    });
    const alone = inMode("host", { desiredCount: 1 });
    expect(one(alone, "aws_ecs_service", "app_service")).toMatchObject({
      deployment_minimum_healthy_percent: 0,
      deployment_maximum_percent: 100,
    });
  });

  it("starts new tasks first if it is a worker without a port", () => {
    const worker = devWith({ app: { image: app.image, loadBalancer: false, networkMode: "host" } });
    expect(one(worker, "aws_ecs_service", "app_service")).toMatchObject({
      deployment_minimum_healthy_percent: 100,
      deployment_maximum_percent: 200,
    });
  });
});

describe("a change of the mode", () => {
  const { image } = withoutNat.app;
  const alone = (mode: "bridge" | "host" | "awsvpc") => inMode(mode, { image }, withoutNat);

  it("destroys removed resources after the service, because old tasks still use them", () => {
    for (const networkMode of ["bridge", "host", "awsvpc"] as const) {
      const template = alone(networkMode);
      const others = (["bridge", "host", "awsvpc"] as const)
        .filter((other) => other !== networkMode)
        .map((other) => addressesIn(alone(other)));
      const kept = outlive(template, "aws_ecs_service.app_service");
      const leaving = [...kept].filter((address) => others.some((other) => !other.has(address)));
      expect(leaving.length).toBeGreaterThan(1);
      for (const address of leaving) {
        const [type = "", id = ""] = address.split(".");
        expect(one(template, type, id)["lifecycle"]).toEqual({ create_before_destroy: true });
      }
    }
  });
});

describe("a scaled app", () => {
  const scaled = devWith({
    app: { ...app, autoscaling: { min: 3, max: 9, cpu: 60, requestsPerTarget: 1000 } },
    alarms: { emails: ["a@example.com"] },
  });

  it("scales between two limits, by CPU and by requests", () => {
    expect(one(scaled, "aws_appautoscaling_target")).toMatchObject({
      min_capacity: 3,
      max_capacity: 9,
      resource_id: "service/dev/${aws_ecs_service.app_service.name}",
      scalable_dimension: "ecs:service:DesiredCount",
      service_namespace: "ecs",
    });
    const policies = all(scaled, "aws_appautoscaling_policy").map(
      ([, policy]) => policy["target_tracking_scaling_policy_configuration"],
    );
    expect(policies).toMatchObject([
      {
        target_value: 60,
        predefined_metric_specification: {
          predefined_metric_type: "ECSServiceAverageCPUUtilization",
        },
      },
      {
        target_value: 1000,
        predefined_metric_specification: {
          predefined_metric_type: "ALBRequestCountPerTarget",
          resource_label:
            "${aws_lb.load_balancer_alb.arn_suffix}/${aws_lb_target_group.load_balancer_targets.arn_suffix}",
        },
      },
    ]);
  });
});

describe("a mode or a scaling is refused", () => {
  const bad: [what: string, changes: object, line: string][] = [
    [
      "on a port in the dynamic range",
      { app: { ...app, networkMode: "host", port: 45_000 } },
      "outside cluster.dynamicPortRange (40000 to 49999)",
    ],
    [
      "with more tasks than hosts",
      { app: { ...app, networkMode: "host", desiredCount: 5 } },
      "dev.app.desiredCount:",
    ],
    [
      "in subnets without room for its tasks",
      {
        network: { cidr: "10.0.0.0/24" },
        // The hosts must have room for the tasks.
        cluster: { instanceType: "m7i.large", eniTrunking: true, minHosts: 4 },
        app: { ...app, networkMode: "awsvpc", desiredCount: 20 },
      },
      "app.desiredCount (20)",
    ],
    [
      "with a minimum above the maximum",
      { app: { ...app, autoscaling: { min: 3, max: 2, cpu: 50 } } },
      "dev.app.autoscaling.min:",
    ],
    [
      "without a metric",
      { app: { ...app, autoscaling: { min: 1, max: 2 } } },
      "dev.app.autoscaling.cpu:",
    ],
    [
      "with a fixed number of tasks",
      { app: { ...app, desiredCount: 2, autoscaling: { min: 1, max: 2, cpu: 50 } } },
      "dev.app.desiredCount:",
    ],
    [
      "by requests without a load balancer",
      {
        app: {
          ...app,
          loadBalancer: false,
          autoscaling: { min: 1, max: 2, requestsPerTarget: 100 },
        },
      },
      "dev.app.autoscaling.requestsPerTarget:",
    ],
  ];

  it.each(bad)("%s", (_, changes, line) => {
    expect(refusedLines(changes)).toEqual([expect.stringContaining(line)]);
  });
});
