import { inCorpus } from "../../../../support/plans/corpus.ts";
import { describe, expect, it } from "vitest";
import { definition, firstPlan, NETWORK, service, templatesOf } from "./fixture.ts";

describe("a plan with parts that differ locally", () => {
  it("runs a Fargate service on the local hosts, with a note", async () => {
    const fargate = {
      requires_compatibilities: ["FARGATE"],
      network_mode: "awsvpc",
      memory: "512",
      cpu: "256",
    };
    const { first, saved } = await templatesOf(
      firstPlan(
        definition("app", {}, fargate),
        service("app", { ...NETWORK, launch_type: "FARGATE", platform_version: "LATEST" }),
      ),
    );
    expect(first.plan.services[0]?.name).toBe("app");
    const [task] = first.plan.taskDefinitions.values();
    expect(task).toMatchObject({ memory: 512, memoryLimit: 512 });
    expect(saved.notes).toEqual([
      {
        address: "aws_ecs_service.app",
        text: "a Fargate service; its tasks run on the local hosts",
      },
    ]);
  });

  it("runs a cluster whose default is Fargate on the local hosts, with a note", async () => {
    const { first, saved } = await templatesOf(
      firstPlan(definition("app", {}, { network_mode: "awsvpc" }), service("app", NETWORK), {
        address: "aws_ecs_cluster_capacity_providers.main",
        values: {
          cluster_name: "main",
          capacity_providers: ["FARGATE", "FARGATE_SPOT"],
          default_capacity_provider_strategy: [{ capacity_provider: "FARGATE", weight: 1 }],
        },
      }),
    );
    expect(first.plan.services).toHaveLength(1);
    expect(saved.notes).toEqual([
      {
        address: "aws_ecs_cluster_capacity_providers.main",
        text: "the default is Fargate; tasks run on the local hosts",
      },
    ]);
  });

  it("keeps text that looks like an expression", async () => {
    const command = ["sh", "-c", "echo ${HOME} %{x} $${y}"];
    const { first } = await templatesOf(firstPlan(definition("app", { command }), service("app")));
    const [app] = first.plan.taskDefinitions.values();
    expect(app?.containers[0]?.command).toEqual(command);
  });

  it("draws a write-only or unknown secret, with the keys that containers use", async () => {
    const secrets = [
      { name: "PASSWORD", valueFrom: "arn:aws:secretsmanager:r:1:secret:key-AbCdEf:password::" },
    ];
    const { first, saved } = await templatesOf(
      firstPlan(
        definition("app", { secrets }),
        service("app"),
        {
          address: "aws_secretsmanager_secret.key",
          values: { name: "key", arn: "arn:aws:secretsmanager:r:1:secret:key-AbCdEf" },
        },
        {
          address: "aws_secretsmanager_secret_version.key",
          values: {
            secret_id: "arn:aws:secretsmanager:r:1:secret:key-AbCdEf",
            secret_string_wo: null,
          },
          sensitive: { secret_string: true },
        },
      ),
    );
    expect(JSON.parse(first.secrets.value("key"))).toEqual({
      password: expect.stringMatching(/^[0-9a-f]{32}$/),
    });
    expect(saved.first.blocks.has("aws_secretsmanager_secret.key")).toBe(true);
  });
});

describe("the values in a state for arguments that were left out", () => {
  it("are ignored", async () => {
    const { first } = await templatesOf(
      firstPlan(
        definition("app", {}, { network_mode: "awsvpc", cpu: "", memory: "", pid_mode: "" }),
        service("app", {
          ...NETWORK,
          deployment_configuration: [{ strategy: "ROLLING", bake_time_in_minutes: "0" }],
          platform_version: "",
          service_registries: [
            { registry_arn: "arn:srv", container_name: "", container_port: 0, port: 0 },
          ],
        }),
        {
          address: "aws_service_discovery_service.app",
          values: {
            arn: "arn:srv",
            name: "app",
            dns_config: [{ namespace_id: "ns-1", dns_records: [{ type: "A", ttl: 5 }] }],
            health_check_config: [],
          },
        },
        {
          address: "aws_service_discovery_private_dns_namespace.main",
          values: { id: "ns-1", name: "main-ecs", hosted_zone: "Z1" },
        },
        {
          address: "aws_alb_target_group.app",
          values: {
            name: "app",
            port: 80,
            stickiness: [{ cookie_duration: 86_400, enabled: false, type: "lb_cookie" }],
            target_health_state: [{ enable_unhealthy_connection_termination: true }],
          },
        },
        {
          address: "aws_lb_listener.app",
          values: {
            load_balancer_arn: "arn:lb",
            port: 80,
            default_action: [
              {
                type: "fixed-response",
                fixed_response: [{ content_type: "text/plain" }],
                order: 1,
              },
            ],
            mutual_authentication: [{ mode: "off", trust_store_arn: "" }],
            tcp_idle_timeout_seconds: 350,
          },
        },
        { address: "aws_lb.app", values: { arn: "arn:lb", name: "app", zone_id: "Z2" } },
      ),
    );
    const [app] = first.plan.services;
    expect(app?.registries).toEqual([
      {
        address: "aws_service_discovery_service.app",
        containerName: "app",
        containerPort: 80,
      },
    ]);
    expect(first.plan.targetGroups.has("aws_alb_target_group.app")).toBe(true);
    expect(first.plan.loadBalancers[0]?.listeners).toHaveLength(1);
  });
});

it("a container has the volumes of others, also of a log router that is left out", async () => {
  const { first } = await templatesOf(inCorpus("volumes-from"));
  const [task] = first.plan.taskDefinitions.values();
  const mounts = task?.containers.map(({ name, mounts: all }) => [
    name,
    all.map(({ path, readOnly }) => [path, readOnly]),
  ]);
  expect(Object.fromEntries(mounts ?? [])).toEqual({
    writer: [["/files", false]],
    reader: expect.arrayContaining([
      ["/files", true],
      ["/buffer", false],
    ]),
  });
});
