import { describe, expect, it } from "vitest";
import { refusedLines } from "../support/refusal.ts";
import {
  all,
  container,
  devWith,
  existingParts,
  minimalEnvironment,
  one,
  external,
  type Resource,
  type Template,
} from "../support/template.ts";

const { app } = minimalEnvironment;
const search = { image: "example.com/search:1", port: 9200 };
function withSearch(changes: object = {}, others: object = {}): Template {
  // Hosts with room for all tasks.
  const cluster = { instanceType: "m7i.xlarge" };
  return devWith({ cluster, ...others, services: { search: { ...search, ...changes } } });
}

function rulesInto(template: Template, group: string): Resource[] {
  return all(template, "aws_vpc_security_group_ingress_rule")
    .filter(([, rule]) => rule["security_group_id"] === group)
    .map(([, rule]) => rule);
}

function tasksOfSearch(template: Template): unknown {
  return one(template, "aws_ecs_service", "service_search_service")["desired_count"];
}

function appVariables(template: Template): Record<string, string> {
  return Object.fromEntries(
    container(template, "app").environment.map(({ name, value }) => [name, value]),
  );
}

describe("an additional service", () => {
  const template = withSearch();

  it("has its name in a variable of the app, which may query Cloud Map for it", () => {
    expect(appVariables(template)).toMatchObject({
      REDIS_URL: "redis+srv://dev-redis.dev-ecs",
      SEARCH_SRV: "dev-search.dev-ecs",
    });
    const policy = String(one(template, "aws_iam_role_policy", "app_roles_task_policy")["policy"]);
    const { Statement } = JSON.parse(policy) as { Statement: { Condition: unknown }[] };
    expect(Statement.map(({ Condition }) => Condition)).toEqual(
      ["dev-redis", "dev-search"].map((name) => ({
        StringEquals: {
          "servicediscovery:NamespaceName": "dev-ecs",
          "servicediscovery:ServiceName": name,
        },
      })),
    );
  });

  it("has its own variables, secrets, permissions and health check", () => {
    const own = withSearch({
      environment: { HEAP: "256m" },
      secrets: { LICENSE: "/search/license" },
      healthCheck: { command: "curl -f localhost:9200" },
      taskPolicy: [{ Action: ["s3:GetObject"], Resource: ["arn:aws:s3:::index/*"] }],
    });
    const definition = one(own, "aws_ecs_task_definition", "service_search_task_definition");
    const [main] = JSON.parse(String(definition["container_definitions"])) as unknown[];
    expect(main).toMatchObject({
      image: "example.com/search:1",
      environment: [
        { name: "AWS_REGION", value: "eu-west-1" },
        { name: "HEAP", value: "256m" },
        { name: "PORT", value: "9200" },
      ],
      secrets: [
        {
          name: "LICENSE",
          valueFrom: "arn:aws:ssm:eu-west-1:123456789012:parameter/search/license",
        },
      ],
      healthCheck: { command: ["CMD-SHELL", "curl -f localhost:9200"] },
    });
    expect(one(own, "aws_iam_role_policy", "service_search_roles_task_policy")["policy"]).toContain(
      "s3:GetObject",
    );
  });

  it("has an alarm, charts and a message for failed deployments", () => {
    const watched = withSearch({ desiredCount: 3 }, { alarms: { emails: ["a@example.com"] } });
    expect(
      one(watched, "aws_cloudwatch_metric_alarm", "operation_alarms_search_tasks_missing"),
    ).toMatchObject({
      dimensions: { ClusterName: "dev", ServiceName: "dev-search" },
      threshold: 3,
      treat_missing_data: "breaching",
    });
    expect(all(watched, "aws_cloudwatch_event_rule").map(([id]) => id)).toContain(
      "operation_alarms_search_deployment_failed",
    );
    expect(one(watched, "aws_cloudwatch_dashboard")["dashboard_body"]).toContain("search: tasks");
  });

  it("has a namespace even if Redis is not a service", () => {
    const elsewhere = withSearch({}, external);
    expect(all(elsewhere, "aws_service_discovery_private_dns_namespace")).toHaveLength(1);
    expect(all(elsewhere, "aws_service_discovery_service").map(([id]) => id)).toEqual([
      "discovery_service_search",
    ]);
  });
});

describe("a service in awsvpc mode", () => {
  const group = "${aws_security_group.service_search_network_security_group.id}";

  it("opens its port to the app's own group, if any", () => {
    const template = withSearch(
      { networkMode: "awsvpc" },
      { app: { ...app, networkMode: "awsvpc" } },
    );
    expect(rulesInto(template, group).map((rule) => rule["referenced_security_group_id"])).toEqual([
      "${aws_security_group.app_network_security_group.id}",
    ]);
  });

  it("can have A records, and the app gets its port", () => {
    const template = withSearch({ networkMode: "awsvpc", records: "A", dnsTtl: 5 });
    expect(
      one(template, "aws_ecs_service", "service_search_service")["service_registries"],
    ).toEqual({ registry_arn: "${aws_service_discovery_service.discovery_service_search.arn}" });
    expect(
      one(template, "aws_service_discovery_service", "discovery_service_search"),
    ).toMatchObject({ dns_config: { dns_records: [{ type: "A", ttl: 5 }] } });
    expect(appVariables(template)).toMatchObject({ SEARCH_ADDRESS: "dev-search.dev-ecs:9200" });
    expect(appVariables(template)).not.toHaveProperty("SEARCH_SRV");
  });
});

describe("a service in host mode", () => {
  it("registers its host port, and stops an old task before a new one starts", () => {
    const template = withSearch({ networkMode: "host" });
    expect(one(template, "aws_ecs_service", "service_search_service")).toMatchObject({
      service_registries: { container_name: "dev-search", container_port: 9200 },
      deployment_minimum_healthy_percent: 0,
      deployment_maximum_percent: 100,
    });
    expect(rulesInto(template, "${aws_security_group.cluster_security_group.id}")).toContainEqual(
      expect.objectContaining({ from_port: 9200, to_port: 9200 }),
    );
  });

  it("has at most one task per host, if the number of hosts is known", () => {
    const onHost = { networkMode: "host", desiredCount: 4 };
    const onFive = { ...onHost, desiredCount: 5 };
    expect(tasksOfSearch(withSearch(onHost))).toBe(4);
    expect(tasksOfSearch(withSearch(onFive, existingParts))).toBe(5);
  });
});

describe("a service is refused", () => {
  const bad: [what: string, changes: object, line: string][] = [
    [
      "with A records in bridge mode",
      { services: { search: { ...search, records: "A" } } },
      "dev.services.search.records:",
    ],
    [
      "on a host port of another service",
      {
        services: {
          one: { ...search, networkMode: "host" },
          two: { ...search, networkMode: "host" },
        },
      },
      "dev.services: got",
    ],
    [
      "on a port in the dynamic range",
      { services: { search: { ...search, networkMode: "host", port: 40_001 } } },
      "dev.services: got",
    ],
    [
      "with more tasks than hosts in host mode",
      { services: { search: { ...search, networkMode: "host", desiredCount: 5 } } },
      "dev.services.search.desiredCount:",
    ],
    [
      "with the name of a task",
      { services: { search }, tasks: { search: { command: ["true"] } } },
      "dev.tasks:",
    ],
    [
      "with a variable that the app sets",
      { services: { search }, app: { ...app, environment: { SEARCH_SRV: "elsewhere" } } },
      "dev.app.environment:",
    ],
    [
      "with a password in a plain variable",
      { services: { search: { ...search, environment: { DB: "pg://a:b@c/d" } } } },
      'dev.services.search.environment.DB: got "pg://a:***@c/d"',
    ],
  ];

  it.each(bad)("%s", (_, changes, line) => {
    expect(refusedLines(changes)).toEqual([expect.stringContaining(line)]);
  });
});
