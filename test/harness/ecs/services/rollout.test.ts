import { describe, expect, it } from "vitest";
import { changesBetween } from "../../../../harness/ecs/terraform/template-changes.ts";
import { readTemplate, type Template } from "../../../../harness/ecs/terraform/template.ts";
import { template, type Overrides } from "../fixture/template.ts";
import { rollouts } from "../../../../harness/ecs/services/rollout.ts";

const read = (overrides: Overrides = {}, before?: Template): Promise<Template> =>
  readTemplate(template(overrides), { parameters: {}, drawn: new Map() }, before);

const accessPoint = (path: string, uid = 0): Required<Overrides>["resource"] => ({
  aws_efs_access_point: {
    redis: {
      file_system_id: "${aws_efs_file_system.data.id}",
      root_directory: { path },
      posix_user: { uid, gid: uid },
    },
  },
});

const forced = { force_new_deployment: true, triggers: { x: "${terraform_data.x.output}" } };

/** Services wait for hosts of the cluster's capacity provider. */
const provided: Required<Overrides>["resource"] = {
  aws_ecs_cluster_capacity_providers: {
    main: {
      cluster_name: "${aws_ecs_cluster.main.name}",
      capacity_providers: ["one"],
      default_capacity_provider_strategy: [{ capacity_provider: "one" }],
    },
  },
};

const on = (capacity_provider: string): Overrides => ({
  appService: { capacity_provider_strategy: [{ capacity_provider, weight: 1 }] },
});

/** The action of an apply for each service, by name. */
async function actions(before: Overrides, after: Overrides): Promise<Record<string, string>> {
  const from = await read(before);
  const to = await read(after, from);
  const steps = rollouts(from.plan, to.plan, changesBetween(from, to));
  return Object.fromEntries(steps.map(({ plan, action }) => [plan.name, action]));
}

describe("rollouts", () => {
  it("creates every service in the first apply", async () => {
    const { plan } = await read();
    expect(rollouts(undefined, plan, []).map(({ action }) => action)).toEqual(["create", "create"]);
  });

  it.each<[what: string, before: Overrides, after: Overrides, redis: string, app: string]>([
    ["nothing changed", {}, {}, "none", "none"],
    ["the app's image", {}, { appContainer: { image: "x/app:2" } }, "none", "deploy"],
    ["Redis's command", {}, { redisContainer: { stopTimeout: 11 } }, "deploy", "none"],
    ["a desired count", {}, { appService: { desired_count: 3 } }, "none", "update"],
    [
      "a launch type in place of the cluster's capacity providers",
      { resource: provided },
      { resource: provided, appService: { launch_type: "EC2" } },
      "none",
      "replace",
    ],
    [
      "the format of container definitions",
      {},
      {
        appContainer: {
          essential: undefined,
          cpu: 0,
          command: null,
          dnsServers: [],
          portMappings: [{ containerPort: 3000 }],
          environment: [
            { name: "REDIS_NAME", value: "test-redis.test-ecs" },
            { value: "3000", name: "PORT" },
          ],
        },
      },
      "none",
      "none",
    ],
    [
      "a trigger on terraform_data",
      { appService: forced, resource: { terraform_data: { x: { input: "1" } } } },
      { appService: forced, resource: { terraform_data: { x: { input: "2" } } } },
      "none",
      "deploy",
    ],
    [
      "an ignored revision",
      { appService: { lifecycle: { ignore_changes: ["task_definition"] } } },
      {
        appContainer: { image: "x/app:2" },
        appService: { lifecycle: { ignore_changes: ["task_definition"] } },
      },
      "none",
      "none",
    ],
    [
      "the name in Cloud Map, without a trigger",
      { redisService: { lifecycle: {} }, discovery: { force_destroy: true } },
      { redisService: { lifecycle: {} }, discovery: { force_destroy: true, name: "other-redis" } },
      "deploy",
      "none",
    ],
    [
      "the cluster's capacity provider",
      on("one"),
      {
        appService: {
          capacity_provider_strategy: [{ capacity_provider: "two", weight: 1 }],
          force_new_deployment: true,
        },
      },
      "none",
      "deploy",
    ],
    ["the name in Cloud Map", {}, { discovery: { name: "other-redis" } }, "replace", "none"],
    [
      "the folder behind an access point",
      {},
      { resource: accessPoint("/other") },
      "deploy",
      "none",
    ],
    [
      "an ignored count",
      { appService: { lifecycle: { ignore_changes: ["desired_count"] } } },
      { appService: { desired_count: 5, lifecycle: { ignore_changes: ["desired_count"] } } },
      "none",
      "none",
    ],
  ])("after a change of %s", async (_what, before, after, redis, app) => {
    expect(await actions(before, after)).toEqual({ "test-redis": redis, "test-app": app });
  });

  it("keeps the revision of a task definition with a new address", async () => {
    const ignoring = { lifecycle: { ignore_changes: ["task_definition"] } };
    const from = await read({ appService: ignoring });
    const renamed = structuredClone(template({ appService: ignoring })) as {
      resource: Record<string, Record<string, Record<string, unknown>>>;
    };
    const { aws_ecs_task_definition: definitions = {}, aws_ecs_service: services = {} } =
      renamed.resource;
    const { app = {}, ...others } = definitions;
    renamed.resource["aws_ecs_task_definition"] = { ...others, renamed: app };
    const task_definition = "${aws_ecs_task_definition.renamed.arn}";
    services["app"] = { ...services["app"], task_definition };
    const to = await readTemplate(renamed, { parameters: {}, drawn: new Map() }, from);
    const steps = rollouts(from.plan, to.plan, changesBetween(from, to));
    const step = steps.find(({ plan }) => plan.name === "test-app");
    expect(step).toMatchObject({ action: "none", plan: { keepsRevision: true } });
    expect(step?.plan.taskDefinition).toBe("aws_ecs_task_definition.renamed");
  });

  it("removes a namespace with its last service", async () => {
    const alone = { lifecycle: {}, service_registries: undefined };
    const from = await read({ redisService: alone });
    const without = template({ redisService: alone }) as { resource: Record<string, object> };
    delete without.resource["aws_service_discovery_service"];
    delete without.resource["aws_service_discovery_private_dns_namespace"];
    const to = await readTemplate(without, { parameters: {}, drawn: new Map() });
    expect(changesBetween(from, to).map(({ address }) => address)).toEqual([
      "aws_service_discovery_private_dns_namespace.main",
      "aws_service_discovery_service.redis",
    ]);
    expect(() => changesBetween(to, from)).toThrow("namespace.main (create): cannot");
  });

  it("refuses another capacity provider without force_new_deployment, as the provider does", async () => {
    const [from, to] = [await read(on("one")), await read(on("two"))];
    expect(() => changesBetween(from, to)).toThrow(
      "aws_ecs_service.app.force_new_deployment should be true when capacity_provider_strategy is being updated",
    );
  });

  it("refuses a change of hosts and listeners", async () => {
    const [from, to] = [await read(), await read({ group: { max_size: 6 } })];
    expect(() => changesBetween(from, to)).toThrow("aws_autoscaling_group.hosts (update): cannot");
  });
});
