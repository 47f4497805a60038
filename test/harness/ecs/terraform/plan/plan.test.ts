import { describe, expect, it } from "vitest";
import { readTemplate, type Template } from "../../../../../harness/ecs/terraform/template.ts";
import { template, type Overrides } from "../../fixture/template.ts";

const read = (overrides: Overrides = {}, parameters = {}): Promise<Template> =>
  readTemplate(template(overrides), { parameters, drawn: new Map() });

const clusters = ({ plan }: Template): string[] => plan.services.map(({ cluster }) => cluster);

const arn = (rest: string): string => `arn:aws:${rest}`.replace("::", ":eu-west-1:123456789012:");

const written = (version: number) =>
  template({
    resource: {
      aws_secretsmanager_secret_version: {
        redis: {
          secret_id: "${aws_secretsmanager_secret.redis.id}",
          secret_string_wo: "${ephemeral.random_password.redis.result}",
          secret_string_wo_version: version,
        },
      },
    },
  });

describe("readPlan", () => {
  it("reads hosts, ports, services, discovery and load balancer of a template", async () => {
    const { plan } = await read();
    expect(plan.hosts).toMatchObject({ count: 2, memory: 1904, ports: [42_000, 42_999] });
    expect(plan.services.map(({ name }) => name)).toEqual(["test-redis", "test-app"]);
    expect([...plan.discovery.values()]).toEqual([
      {
        address: "aws_service_discovery_service.redis",
        namespace: "test-ecs",
        name: "test-redis.test-ecs",
        routingPolicy: "MULTIVALUE",
        records: [{ type: "SRV", ttl: 2 }],
      },
    ]);
    expect(plan.loadBalancers[0]?.listeners[0]?.action).toEqual({
      type: "forward",
      targetGroup: "aws_lb_target_group.app",
    });
    const redis = plan.taskDefinitions.get("aws_ecs_task_definition.redis");
    // Its container's memory is reserved. The task itself has no limit.
    expect(redis).toMatchObject({ memory: 256, memoryLimit: undefined });
    expect(redis?.containers[0]?.mounts).toEqual([
      {
        path: "/data",
        directory: "aws_efs_file_system.data/redis",
        ephemeral: false,
        readOnly: false,
        ifMissing: "made",
        accessPoint: { creation: { uid: 999, gid: 999, permissions: 0o755 } },
      },
    ]);
  });

  it("reads the name of the cluster, also of one outside the template", async () => {
    expect(clusters(await read())).toEqual(["test", "test"]);
    const cluster = "arn:aws:ecs:eu-central-1:111111111111:cluster/shared";
    const resource = { aws_ecs_cluster: {} };
    const others = { appService: { cluster }, redisService: { cluster }, resource };
    expect(clusters(await read(others))).toEqual(["shared", "shared"]);
  });

  it("reads the provider's region from a variable", async () => {
    const appContainer = { environment: [{ name: "R", value: "${data.aws_region.here.region}" }] };
    const inRegion = (region: unknown): Promise<Template> =>
      readTemplate(
        {
          ...template({ appContainer, appService: { region: "eu-west-1" } }),
          provider: { aws: { region: "${var.region}" } },
          variable: { region: region === undefined ? {} : { default: region } },
          data: { aws_region: { here: {} } },
        },
        { parameters: {}, drawn: new Map() },
      );
    const { plan, region } = await inRegion("eu-west-1");
    expect(region).toBe("eu-west-1");
    const app = plan.taskDefinitions.get("aws_ecs_task_definition.app")?.containers[0];
    expect(app?.environment).toEqual({ R: "eu-west-1" });
    await expect(inRegion(undefined)).rejects.toThrow("aws_ecs_service.app.region");
  });

  it("lists namespaces without a service, including those outside the template", async () => {
    const whole = template({ redisService: { service_registries: undefined, lifecycle: {} } });
    Reflect.deleteProperty(
      (whole as { resource: Record<string, object> }).resource,
      "aws_service_discovery_service",
    );
    const known = { parameters: {}, drawn: new Map(), namespaces: { "ns-1": "others" } };
    const { plan } = await readTemplate(whole, known);
    expect(plan.namespaces).toEqual(["test-ecs", "others"]);
  });

  it("draws an ephemeral value for each read, and keeps the written secret until its version changes", async () => {
    const known = { parameters: {}, drawn: new Map<string, string>() };
    const first = await readTemplate(written(1), known);
    const again = await readTemplate(written(1), known, first);
    const next = await readTemplate(written(2), known, again);
    const [one, same, other] = [first, again, next].map(({ secrets }) =>
      secrets.value("test/redis"),
    );
    expect(one).toMatch(/^[A-Za-z0-9]{24}$/);
    expect(same).toBe(one);
    expect(other).toMatch(/^[A-Za-z0-9]{24}$/);
    expect(other).not.toBe(one);
  });

  it("draws the value of a random resource once for a run", async () => {
    const known = { parameters: {}, drawn: new Map<string, string>() };
    const whole = template({
      resource: {
        random_password: { redis: { length: 24 } },
        aws_secretsmanager_secret_version: {
          redis: {
            secret_id: "${aws_secretsmanager_secret.redis.id}",
            secret_string: "${random_password.redis.result}",
          },
        },
      },
    });
    const first = (await readTemplate(whole, known)).secrets.value("test/redis");
    const second = (await readTemplate(whole, known)).secrets.value("test/redis");
    expect(first).toHaveLength(24);
    expect(second).toBe(first);
  });

  it("uses given values for attributes that only AWS knows and for names of existing namespaces", async () => {
    const whole = template({
      appContainer: { environment: [{ name: "LB", value: "http://${aws_lb.app.dns_name}/" }] },
      discovery: { dns_config: { namespace_id: "ns-1", dns_records: { type: "SRV", ttl: 2 } } },
    });
    const { plan } = await readTemplate(whole, {
      parameters: {},
      attributes: { "aws_lb.app.dns_name": "localhost" },
      namespaces: { "ns-1": "shared" },
      drawn: new Map(),
    });
    const app = plan.taskDefinitions.get("aws_ecs_task_definition.app")?.containers[0];
    expect(app?.environment).toEqual({ LB: "http://localhost/" });
    expect([...plan.discovery.values()].map(({ name }) => name)).toEqual(["test-redis.shared"]);
  });

  it("resolves one key of a secret that is a JSON object", async () => {
    const { plan, secrets } = await read({
      resource: {
        aws_secretsmanager_secret_version: {
          redis: {
            secret_id: "${aws_secretsmanager_secret.redis.id}",
            secret_string: '${jsonencode({"password" = "s3cret"})}',
          },
        },
      },
      redisContainer: {
        secrets: [{ name: "A", valueFrom: "${aws_secretsmanager_secret.redis.arn}:password::" }],
      },
    });
    const [reference] =
      plan.taskDefinitions.get("aws_ecs_task_definition.redis")?.containers[0]?.secrets ?? [];
    expect(reference && secrets.resolve(reference)).toBe("s3cret");
  });

  it("uses the options for the values of secrets and parameters outside the template", async () => {
    const valueFrom: Record<string, string> = {
      WHOLE: arn("secretsmanager::secret:app/token-a1B2c3"),
      KEY: arn("secretsmanager::secret:app/token-a1B2c3:value::"),
      PARAMETER: arn("ssm::parameter/app/key"),
      NAMED: "/app/key",
      WORD: arn("secretsmanager::secret:prod/my-secret"),
      PLAIN: arn("ssm::parameter/plain"),
      MISSING: arn("secretsmanager::secret:other-a1B2c3"),
    };
    const { plan, secrets } = await readTemplate(
      template({
        appContainer: {
          secrets: Object.entries(valueFrom).map(([name, from]) => ({ name, valueFrom: from })),
        },
      }),
      {
        parameters: { "/app/key": "k", plain: "p" },
        secrets: { "app/token": '{"value":"v"}', "prod/my-secret": "s" },
        drawn: new Map(),
      },
    );
    const references =
      plan.taskDefinitions.get("aws_ecs_task_definition.app")?.containers[0]?.secrets ?? [];
    const resolve = (wanted: string) => {
      const reference = references.find(({ name }) => name === wanted);
      return reference && secrets.resolve(reference);
    };
    expect(["WHOLE", "KEY", "PARAMETER", "NAMED", "WORD", "PLAIN"].map(resolve)).toEqual([
      '{"value":"v"}',
      "v",
      "k",
      "k",
      "s",
      "p",
    ]);
    expect(() => resolve("MISSING")).toThrow(
      expect.objectContaining({ hints: [{ option: "secrets", name: "other" }] }),
    );
  });

  it("uses the local value of an SSM parameter for an image, and refuses a missing one", async () => {
    const appContainer = { image: "${data.aws_ssm_parameter.image.value}" };
    const withData = (parameters: object): Promise<Template> =>
      readTemplate(
        { ...template({ appContainer }), data: { aws_ssm_parameter: { image: { name: "/app" } } } },
        { parameters: { ...parameters }, drawn: new Map() },
      );
    const { plan } = await withData({ "/app": "repo/app:9" });
    const app = plan.taskDefinitions.get("aws_ecs_task_definition.app");
    expect(app?.containers[0]?.image).toBe("repo/app:9");
    await expect(withData({})).rejects.toThrow('SSM parameter "/app" has no local value');
  });
});

describe("a missing argument", () => {
  it.each([
    ["service/${aws_ecs_cluster.main.name}/${aws_ecs_service.app.name}", undefined, 3],
    ["service/test/test-app", 0, 3],
    ["service/test/other", undefined, 0],
    ["service/test/test-app", 1, 1],
  ])(
    "counts the tasks of %s with %s as autoscaling does",
    async (resource_id, desired_count, tasks) => {
      const target = { resource_id, min_capacity: 3, max_capacity: 9, service_namespace: "ecs" };
      const { plan } = await read({
        appService: { desired_count },
        resource: { aws_appautoscaling_target: { app: target } },
      });
      expect(plan.services.find(({ name }) => name === "test-app")?.desiredCount).toBe(tasks);
    },
  );

  it("has the default of the provider, or of the API", async () => {
    const { plan } = await read({
      appService: { desired_count: undefined },
      targetGroup: { health_check: { path: "/healthz" } },
    });
    expect(plan.services.find(({ name }) => name === "test-app")?.desiredCount).toBe(0);
    expect(plan.targetGroups.get("aws_lb_target_group.app")?.healthCheck).toMatchObject({
      healthyThreshold: 3,
      unhealthyThreshold: 3,
    });
    const without = await read({ targetGroup: { health_check: undefined } });
    expect(without.plan.targetGroups.get("aws_lb_target_group.app")?.healthCheck).toMatchObject({
      healthyThreshold: 5,
      unhealthyThreshold: 2,
    });
  });

  it("means the cluster's capacity provider strategy, if there is no launch type", async () => {
    const resource = {
      aws_ecs_cluster_capacity_providers: {
        main: {
          cluster_name: "test",
          default_capacity_provider_strategy: { capacity_provider: "one" },
        },
      },
    };
    const { plan } = await read({ resource, appService: { launch_type: "EC2" } });
    expect(plan.services.map(({ waitsForCapacity }) => waitsForCapacity)).toEqual([true, false]);
    const without = await read();
    expect(without.plan.services.some(({ waitsForCapacity }) => waitsForCapacity)).toBe(false);
  });

  it("means that Cloud Map gets no health", async () => {
    const { plan } = await read({ discovery: { health_check_custom_config: undefined } });
    expect([...plan.discovery.values()].map(({ ignoresHealth }) => ignoresHealth)).toEqual([true]);
  });
});
