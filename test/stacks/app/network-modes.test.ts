import { describe, expect, it } from "vitest";
import { differences } from "../support/differences.ts";
import { outlive } from "../support/references.ts";
import { refusedLines } from "../support/refusal.ts";
import {
  all,
  container,
  devWith,
  existingParts,
  leastEnvironment,
  one,
  onElastiCache,
  type Resource,
  type Template,
  withoutNat,
} from "../support/template.ts";

const { app } = leastEnvironment;
const bridge = devWith();

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
const dynamicPorts = { from_port: 40_000, to_port: 49_999 };

describe("an app with an interface of its own", () => {
  const template = inMode("awsvpc");
  const service = one(template, "aws_ecs_service", "app_service");

  it("is in the private subnets, with a security group of its own and no public address", () => {
    expect(one(template, "aws_ecs_task_definition", "app_task_definition")).toMatchObject({
      network_mode: "awsvpc",
    });
    expect(service["network_configuration"]).toEqual({
      subnets: ["${aws_subnet.network_private_a.id}", "${aws_subnet.network_private_b.id}"],
      security_groups: [tasks],
      assign_public_ip: false,
    });
    expect(container(template, "app")["portMappings"]).toEqual([
      { containerPort: 8080, hostPort: 8080, protocol: "tcp" },
    ]);
  });

  it("reaches Redis on the hosts' dynamic ports, before its first task starts", () => {
    expect(rulesInto(template, hosts)).toContainEqual(
      expect.objectContaining({ ...dynamicPorts, referenced_security_group_id: tasks }),
    );
    expect(service["depends_on"]).toContain(
      "aws_vpc_security_group_ingress_rule.app_network_hosts_0_from_here",
    );
    // Redis itself stays where it is found by its host's port.
    expect(
      differences(bridge, template).filter((address) =>
        /\.(redis|storage|discovery)_/.test(address),
      ),
    ).toEqual([]);
  });

  it("is reached by its load balancer on its own port, by address, and no one else is let in", () => {
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

  it("reaches the endpoints of AWS services where there is no other way out", () => {
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

  it("is let in to ElastiCache by its own group, and not to the hosts", () => {
    const managed = devWith({ ...onElastiCache, app: { ...app, networkMode: "awsvpc" } });
    expect(
      rulesInto(managed, "${aws_security_group.elasticache_security_group.id}").map(
        (rule) => rule["referenced_security_group_id"],
      ),
    ).toEqual([tasks]);
    expect(rulesInto(managed, hosts).map((rule) => rule["referenced_security_group_id"])).toEqual([
      hosts,
    ]);
  });

  it("is let in to the hosts of a cluster that exists, group by group", () => {
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

describe("an app on the network of its host", () => {
  const template = inMode("host", { desiredCount: 3 });

  it("has its port on the host, and its load balancer goes there", () => {
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

  it("makes room for a new task before it comes, half of them at a time", () => {
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

  it("overlaps where it is a worker that takes no port", () => {
    const worker = devWith({ app: { image: app.image, loadBalancer: false, networkMode: "host" } });
    expect(one(worker, "aws_ecs_service", "app_service")).toMatchObject({
      deployment_minimum_healthy_percent: 100,
      deployment_maximum_percent: 200,
    });
  });
});

function ways(template: Template): string[] {
  return all(template, "aws_vpc_security_group_ingress_rule")
    .filter(([id]) => id.endsWith("_from_here"))
    .map(([id]) => id);
}

describe("a change of the mode", () => {
  it("leaves the ways of the mode before as they are, to go when its last task is gone", () => {
    expect(ways(bridge)).toEqual(["load_balancer_hosts_0_from_here"]);
    expect(ways(inMode("host"))).toEqual(["load_balancer_host_port_0_from_here"]);
    expect(ways(inMode("awsvpc")).toSorted()).toEqual([
      "app_network_hosts_0_from_here",
      "load_balancer_tasks_0_from_here",
    ]);
  });

  const { image } = withoutNat.app;
  const alone = (mode: "bridge" | "host" | "awsvpc") => inMode(mode, { image }, withoutNat);

  it("lets what leaves the stack go after the service, which old tasks of it still run in", () => {
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

  it("has tasks between two bounds, by CPU and by requests", () => {
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

  it("is made with the lower bound, which Terraform then leaves alone, and alarmed below it", () => {
    expect(one(scaled, "aws_ecs_service", "app_service")).toMatchObject({
      desired_count: 3,
      lifecycle: { ignore_changes: ["desired_count"] },
    });
    expect(
      one(scaled, "aws_cloudwatch_metric_alarm", "operation_alarms_app_tasks_missing"),
    ).toMatchObject({ threshold: 3 });
    expect(one(bridge, "aws_ecs_service", "app_service")).not.toHaveProperty("lifecycle");
  });
});

describe("a mode or a scaling is refused", () => {
  const bad: [what: string, changes: object, line: string][] = [
    [
      "that no one knows",
      { app: { ...app, networkMode: "none" } },
      'dev.app.networkMode: got "none"; allowed: one of bridge, awsvpc, host',
    ],
    [
      "on a port that the host gives out",
      { app: { ...app, networkMode: "host", port: 45_000 } },
      "dev.app.port: got 45000; allowed: with networkMode host a port above 1023 that nothing else on the host has: outside cluster.dynamicPortRange (40000 to 49999)",
    ],
    [
      "on a port of the host's own",
      { app: { ...app, networkMode: "host", port: 51_678 } },
      "dev.app.port: got 51678; allowed: with networkMode host",
    ],
    [
      "with more tasks than hosts",
      { app: { ...app, networkMode: "host", desiredCount: 5 } },
      "dev.app.desiredCount: got 5; allowed: at most cluster.maxHosts (4) with app.networkMode host",
    ],
    [
      "with more tasks than hosts, some day",
      { app: { ...app, networkMode: "host", autoscaling: { min: 1, max: 5, cpu: 50 } } },
      "dev.app.autoscaling.max: got 5; allowed: at most cluster.maxHosts (4) with app.networkMode host",
    ],
    [
      "in subnets without room for its tasks",
      {
        network: { cidr: "10.0.0.0/24" },
        // Hosts with room for them.
        cluster: { instanceType: "m7i.large", eniTrunking: true, minHosts: 4 },
        app: { ...app, networkMode: "awsvpc", desiredCount: 20 },
      },
      'dev.network.cidr: got "10.0.0.0/24"; allowed: a block whose private subnets, an eighth of it each, have room for cluster.maxHosts, and for twice the tasks with networkMode awsvpc, as in a deploy: app.desiredCount (20)',
    ],
    [
      "in subnets without room for the tasks that it scales to",
      {
        network: { cidr: "10.0.0.0/24" },
        cluster: { instanceType: "m7i.large", eniTrunking: true, minHosts: 4 },
        app: { ...app, networkMode: "awsvpc", autoscaling: { min: 2, max: 20, cpu: 50 } },
      },
      "as in a deploy: app.autoscaling.max (20)",
    ],
    [
      "with its bounds the wrong way round",
      { app: { ...app, autoscaling: { min: 3, max: 2, cpu: 50 } } },
      "dev.app.autoscaling.min: got 3; allowed: at most max",
    ],
    [
      "by nothing",
      { app: { ...app, autoscaling: { min: 1, max: 2 } } },
      "dev.app.autoscaling.cpu: missing; allowed: a percentage, unless there is requestsPerTarget",
    ],
    [
      "beside a fixed number",
      { app: { ...app, desiredCount: 2, autoscaling: { min: 1, max: 2, cpu: 50 } } },
      "dev.app.desiredCount: got 2; allowed: left out with app.autoscaling",
    ],
    [
      "by requests that no one counts",
      {
        app: {
          ...app,
          loadBalancer: false,
          autoscaling: { min: 1, max: 2, requestsPerTarget: 100 },
        },
      },
      "dev.app.autoscaling.requestsPerTarget: got 100; allowed: left out without app.loadBalancer",
    ],
  ];

  it.each(bad)("%s", (_, changes, line) => {
    const [first, ...more] = refusedLines(changes);
    expect(more).toEqual([]);
    expect(first).toContain(line);
  });
});
