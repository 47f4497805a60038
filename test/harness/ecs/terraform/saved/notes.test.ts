import { describe, expect, it } from "vitest";
import {
  definition,
  firstPlan,
  NETWORK,
  type Planned,
  refusal,
  service,
  templatesOf,
} from "./fixture.ts";

/** The notes of a plan, and its template. */
async function read(...resources: readonly Planned[]) {
  const { first, saved } = await templatesOf(firstPlan(...resources));
  return { plan: first.plan, notes: saved.notes.map(({ address, text }) => `${address}: ${text}`) };
}

/** The containers that are left of these. */
async function namesOf(...all: readonly object[]) {
  const definitions = JSON.stringify(all);
  const { plan } = await read(
    definition("app", {}, { container_definitions: definitions }),
    service("app"),
  );
  return [...plan.taskDefinitions.values()][0]?.containers.map(({ name }) => name);
}

const group = (name: string, values: object): Planned => ({
  address: `aws_lb_target_group.${name}`,
  values: { name, port: 80, arn: `arn:${name}`, ...values },
});

const target = (name: string, values: object = {}) => ({
  target_group_arn: `arn:${name}`,
  container_name: "app",
  container_port: 80,
  ...values,
});

describe("what is not played is a note", () => {
  it.each([
    ["stickiness", [{ enabled: true, type: "lb_cookie" }]],
    ["slow_start", 30],
    ["load_balancing_algorithm_type", "weighted_random"],
  ])("%s of a target group, unless it is off", async (name, value) => {
    const { notes } = await read(
      definition("app"),
      service("app"),
      group("app", { [name]: value }),
    );
    expect(notes).toEqual([
      expect.stringMatching(new RegExp(`^aws_lb_target_group.app: ${name} is not played, because`)),
    ]);
    const off = {
      stickiness: [{ enabled: false, cookie_duration: 86_400 }],
      slow_start: 0,
      load_balancing_algorithm_type: "round_robin",
    };
    expect((await read(definition("app"), service("app"), group("app", off))).notes).toEqual([]);
  });

  it("alarms and volumes of a service, and arguments of a definition", async () => {
    const { notes } = await read(
      definition("app", {}, { ephemeral_storage: [{ size_in_gib: 40 }], pid_mode: "task" }),
      service("app", {
        alarms: [{ enable: true, rollback: true, alarm_names: ["a"] }],
        volume_configuration: [{ name: "data" }],
      }),
    );
    expect(notes.map((note) => note.replace(/ is not played.*/, ""))).toEqual([
      "aws_ecs_task_definition.app: ephemeral_storage",
      "aws_ecs_task_definition.app: pid_mode",
      "aws_ecs_service.app: alarms",
      "aws_ecs_service.app: volume_configuration",
    ]);
  });

  it("placement by what all local hosts share", async () => {
    const { plan, notes } = await read(
      definition("app"),
      service("app", {
        ordered_placement_strategy: [
          { type: "spread", field: "attribute:rack" },
          { type: "binpack", field: "CPU" },
        ],
        placement_constraints: [
          { type: "memberOf", expression: "attribute:x == y" },
          { type: "distinctInstance" },
        ],
      }),
    );
    expect(plan.services[0]).toMatchObject({
      placement: ["spread", "binpack"],
      distinctInstance: true,
    });
    expect(notes).toHaveLength(3);
  });

  it("load balancers that do not speak HTTP, and what belongs to them", async () => {
    const { plan, notes } = await read(
      definition("app"),
      service("app", {
        load_balancer: [target("tcp"), target("", { elb_name: "old" }), target("web")],
      }),
      group("tcp", { protocol: "TCP", health_check: [{ protocol: "TCP" }] }),
      group("web", {}),
      { address: "aws_elb.old", values: { name: "old" } },
      { address: "aws_lb.net", values: { arn: "arn:net", load_balancer_type: "network" } },
      {
        address: "aws_lb_listener.tcp",
        values: { load_balancer_arn: "arn:net", port: 80, protocol: "TCP" },
      },
    );
    expect(plan.services[0]?.targets.map(({ address }) => address)).toEqual([
      "aws_lb_target_group.web",
    ]);
    expect(plan.loadBalancers).toEqual([]);
    expect(notes.map((note) => note.split(":")[0])).toEqual(["aws_elb.old", "aws_lb.net"]);
  });

  it("more certificates of a listener", async () => {
    const { notes } = await read(definition("app"), service("app"), {
      address: "aws_lb_listener_certificate.shop",
      values: { listener_arn: "arn:listener", certificate_arn: "arn:certificate" },
    });
    expect(notes.map((note) => note.split(":")[0])).toEqual(["aws_lb_listener_certificate.shop"]);
  });

  it("a Lambda function behind a listener", async () => {
    const { plan, notes } = await read(definition("app"), service("app"), {
      address: "aws_lb_target_group.f",
      values: { name: "f", target_type: "lambda" },
    });
    expect(plan.targetGroups.size).toBe(1);
    expect(notes).toEqual([
      "aws_lb_target_group.f: its Lambda function is not run, so its requests get status 503",
    ]);
  });

  it("daemons, unless the plan has nothing else", async () => {
    const daemon = service("agent", { scheduling_strategy: "DAEMON" });
    const { plan, notes } = await read(
      definition("app"),
      service("app"),
      definition("agent"),
      daemon,
    );
    expect(plan.services.map(({ name }) => name)).toEqual(["app"]);
    expect(notes).toEqual([expect.stringMatching(/^aws_ecs_service.agent: is not played/)]);
    expect(await refusal(definition("agent"), daemon)).toContain("scheduling_strategy");
  });

  it("UDP ports, log drivers, terminals and rights of a container", async () => {
    const { plan, notes } = await read(
      definition("app", {
        portMappings: [{ containerPort: 80 }, { containerPort: 53, protocol: "udp" }],
        logConfiguration: { logDriver: "gelf" },
        pseudoTerminal: true,
        privileged: true,
      }),
      service("app"),
    );
    const [app] = plan.taskDefinitions.values();
    expect(app?.containers[0]?.portMappings).toHaveLength(1);
    expect(app?.containers[0]?.privileged).toBe(true);
    expect(notes.map((note) => / app: (.*) is not played/.exec(note)?.[1])).toEqual([
      "the log driver gelf",
      "privileged",
      "UDP port 53",
      "pseudoTerminal",
    ]);
  });

  it("a log router, which stays if nothing else keeps the task running", async () => {
    const router = { name: "log", image: "f:1", memory: 16, firelensConfiguration: { type: "x" } };
    const app = {
      name: "app",
      image: "a:1",
      memory: 16,
      dependsOn: [{ containerName: "log", condition: "START" }],
    };
    expect(await namesOf(router, app)).toEqual(["app"]);
    expect(await namesOf(router, { ...app, essential: false })).toEqual(["log", "app"]);
  });

  it("a definition that no service runs, even if it is not known", async () => {
    const { plan, notes } = await read(
      definition("app"),
      service("app"),
      { ...definition("nightly"), unknown: { arn: true, container_definitions: true } },
      definition("weekly", { image: 7 }),
    );
    expect([...plan.taskDefinitions.keys()]).toEqual(["aws_ecs_task_definition.app"]);
    expect(notes).toEqual([
      "aws_ecs_task_definition.nightly: is left out, because no service runs it",
      "aws_ecs_task_definition.weekly: is left out, because no service runs it",
    ]);
  });

  it("a variable without a value is not set, as in ECS", async () => {
    const environment = [{ name: "A" }, { name: "B", value: null }, { name: "C", value: "" }];
    const { plan } = await read(definition("app", { environment }), service("app"));
    const [app] = plan.taskDefinitions.values();
    expect(app?.containers[0]?.environment).toEqual({ C: "" });
  });
});

const asg = (name: string, values: object, unknown = {}): Planned => ({
  address: `aws_autoscaling_group.${name}`,
  values: { name, min_size: 1, max_size: 9, ...values },
  unknown,
});
const launch = (name: string, type: string): Planned => ({
  address: `aws_launch_template.${name}`,
  values: { id: name, instance_type: type },
  unknown: { user_data: true },
  written: { user_data: { references: ["aws_ecs_cluster.main.id", "aws_ecs_cluster.main"] } },
});

const checked = (port: string): Planned[] => [
  definition("app", {}, { network_mode: "awsvpc" }),
  service("app", { ...NETWORK, load_balancer: [target("app")] }),
  group("app", { target_type: "ip", health_check: [{ path: "/", port }] }),
];

describe("the port of a target group's health check", () => {
  it("may be the port that the tasks listen on", async () => {
    const { plan } = await read(...checked("80"));
    expect(plan.targetGroups.size).toBe(1);
  });

  it("is refused if it is another one", async () => {
    expect(await refusal(...checked("8081"))).toContain(
      "aws_lb_target_group.app.health_check.port",
    );
  });
});

describe("hosts of a plan", () => {
  const cluster: Planned = {
    address: "aws_ecs_cluster.main",
    values: { name: "main" },
    unknown: { id: true },
  };

  it("are those of all groups, each with the memory of the smallest", async () => {
    const { plan, notes } = await read(
      definition("app"),
      service("app"),
      cluster,
      asg("big", { desired_capacity: 3, launch_template: [{ id: "big" }] }),
      asg("mixed", {
        mixed_instances_policy: [
          {
            launch_template: [
              {
                launch_template_specification: [{ launch_template_id: "big" }],
                override: [{ instance_type: "t3.small" }, { instance_type: "m5.large" }],
              },
            ],
          },
        ],
      }),
      launch("big", "m5.large"),
    );
    expect(plan.hosts).toMatchObject({ count: 4, memory: 1904 });
    expect(notes).toEqual([
      "aws_launch_template.big: user_data is not known before apply, so the settings of the agent are the defaults",
      "aws_autoscaling_group.big: is one group with aws_autoscaling_group.mixed: each host has the memory of the smallest",
      "aws_autoscaling_group.mixed: mixes instance types; here each host has the memory of the smallest",
    ]);
  });

  it("start from a launch configuration, with its settings", async () => {
    const { plan } = await read(
      definition("app"),
      service("app"),
      asg("old", { launch_configuration: "old" }),
      {
        address: "aws_launch_configuration.old",
        values: {
          name: "old",
          instance_type: "t3.small",
          user_data: "echo ECS_RESERVED_MEMORY=904 >> /etc/ecs/ecs.config",
        },
      },
    );
    expect(plan.hosts).toMatchObject({ count: 2, memory: 1000 });
  });

  it("are those of the capacity providers, if there are any", async () => {
    const { plan } = await read(
      definition("app"),
      service("app"),
      asg("bastion", { arn: "arn:b", launch_template: [{ id: "tiny" }] }),
      asg("ecs", { arn: "arn:e", desired_capacity: 5, launch_template: [{ id: "big" }] }),
      launch("tiny", "t3.nano"),
      launch("big", "m5.large"),
      {
        address: "aws_ecs_capacity_provider.main",
        values: {
          name: "main",
          auto_scaling_group_provider: [{ auto_scaling_group_arn: "arn:e" }],
        },
      },
    );
    expect(plan.hosts).toMatchObject({ count: 5, memory: 7618 });
  });
});
