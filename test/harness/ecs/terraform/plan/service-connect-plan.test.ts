import { describe, expect, it } from "vitest";
import type { ServicePlan } from "../../../../../harness/ecs/terraform/plan/plan.ts";
import { readTemplate } from "../../../../../harness/ecs/terraform/template.ts";
import { template, type Overrides } from "../../fixture/template.ts";
import { recorded, templatesOf } from "../saved/fixture.ts";

const NAMESPACE = "${aws_service_discovery_http_namespace.main.arn}";

const namespaces = {
  aws_service_discovery_http_namespace: { main: { name: "shop" } },
};

/** A server of the port `cache` of Redis. */
const server = (service: object, redisContainer: object = {}): Overrides => ({
  redisContainer: { portMappings: [{ name: "cache", containerPort: 6379 }], ...redisContainer },
  redisService: {
    service_connect_configuration: {
      enabled: true,
      namespace: NAMESPACE,
      service: { port_name: "cache", ...service },
    },
  },
  resource: namespaces,
});

/** A client that names its namespace. */
const named = (namespace: string): Overrides => ({
  appService: { service_connect_configuration: { enabled: true, namespace } },
  resource: namespaces,
});

async function read(overrides: Overrides): Promise<readonly ServicePlan[]> {
  const { plan } = await readTemplate(template(overrides), { parameters: {}, drawn: new Map() });
  return plan.services;
}

const connectOf = async (overrides: Overrides, name = "test-redis") =>
  (await read(overrides)).find((service) => service.name === name)?.serviceConnect;

describe("Service Connect of a service", () => {
  it("has an endpoint at its alias", async () => {
    const client_alias = { dns_name: "redis", port: 6380 };
    expect(await connectOf(server({ client_alias, discovery_name: "store" }))).toEqual({
      namespace: "shop",
      endpoints: [
        {
          discoveryName: "store",
          dnsName: "redis",
          port: 6380,
          containerName: "redis",
          containerPort: 6379,
          idleTimeout: 3600,
        },
      ],
    });
  });

  it("without an alias is at the port's name in the namespace, and at the container's port", async () => {
    const plan = await connectOf(server({}));
    expect(plan?.endpoints).toMatchObject([{ dnsName: "cache.shop", port: 6379 }]);
  });

  it("closes idle connections after an hour, with HTTP after five minutes, or as it says", async () => {
    const portMappings = [{ name: "cache", containerPort: 6379, appProtocol: "http" }];
    const http = await connectOf(server({}, { portMappings }));
    expect(http?.endpoints[0]?.idleTimeout).toBe(300);
    const never = await connectOf(server({ timeout: { idle_timeout_seconds: 0 } }));
    expect(never?.endpoints[0]?.idleTimeout).toBe(0);
  });

  it("is in the cluster's namespace if it names none", async () => {
    const overrides: Overrides = {
      appService: { service_connect_configuration: { enabled: true } },
      resource: {
        ...namespaces,
        aws_ecs_cluster: {
          main: { name: "test", service_connect_defaults: { namespace: NAMESPACE } },
        },
      },
    };
    expect(await connectOf(overrides, "test-app")).toEqual({ namespace: "shop", endpoints: [] });
  });

  it("names its namespace by a reference, its name, or the ARN of one in the option namespaces", async () => {
    expect((await connectOf(named("elsewhere"), "test-app"))?.namespace).toBe("elsewhere");
    const arn = "arn:aws:servicediscovery:eu-central-1:111111111111:namespace/ns-1";
    const known = { parameters: {}, drawn: new Map(), namespaces: { "ns-1": "old" } };
    const { plan } = await readTemplate(template(named(arn)), known);
    expect(plan.services.map((each) => each.serviceConnect?.namespace)).toContain("old");
    const dns = "${aws_service_discovery_private_dns_namespace.main.arn}";
    expect((await connectOf(named(dns), "test-app"))?.namespace).toBe("test-ecs");
  });

  it("is off if it is not enabled", async () => {
    const appService = { service_connect_configuration: { enabled: false } };
    expect(await connectOf({ appService }, "test-app")).toBeUndefined();
  });

  it("is read from a plan whose namespace is not known before apply", async () => {
    const { first } = await templatesOf(recorded("corpus/redis-service-connect/plan"));
    const found = first.plan.services.map(({ name, serviceConnect }) => [name, serviceConnect]);
    expect(Object.fromEntries(found)).toMatchObject({
      app: { namespace: "connected", endpoints: [] },
      redis: { namespace: "connected", endpoints: [{ dnsName: "redis", port: 6379 }] },
    });
  });

  it.each<[what: string, overrides: Overrides, message: string]>([
    [
      "a port that has no such name",
      server({ port_name: "redis" }),
      'aws_ecs_service.redis.service_connect_configuration.service.0.port_name: no port of the task definition has the name "redis"; names: cache',
    ],
    [
      "a request timeout of TCP",
      server({ timeout: { per_request_timeout_seconds: 15 } }),
      'per_request_timeout_seconds: requires an appProtocol of the port "cache"',
    ],
    [
      "host mode",
      {
        ...server({}, { portMappings: [{ name: "cache", containerPort: 6379 }] }),
        redisTask: { network_mode: "host" },
      },
      "Service Connect requires bridge or awsvpc mode, not host mode",
    ],
    [
      "no namespace",
      { appService: { service_connect_configuration: { enabled: true } } },
      "aws_ecs_service.app.service_connect_configuration.namespace: is required, because aws_ecs_cluster.main has no service_connect_defaults",
    ],
    [
      "two services with one discovery name",
      twice({ dns_name: "one", port: 80 }, { dns_name: "two", port: 80 }, "same", "same"),
      "discovery_name: same in namespace shop occurs twice",
    ],
    [
      "two services with one alias",
      twice({ dns_name: "one", port: 80 }, { dns_name: "one", port: 80 }, "first", "second"),
      "client_alias: one:80 in namespace shop occurs twice",
    ],
  ])("is refused as in AWS: %s", async (_what, overrides, message) => {
    await expect(read(overrides)).rejects.toMatchObject({
      code: "ERR_TEMPLATE",
      message: expect.stringContaining(message),
    });
  });
});

function twice(one: object, other: object, ...names: readonly [string, string]): Overrides {
  const both = [one, other].map((client_alias, index) => ({
    port_name: "cache",
    discovery_name: names[index],
    client_alias,
  }));
  const { redisService, ...rest } = server({});
  const configuration = { enabled: true, namespace: NAMESPACE, service: both };
  return {
    ...rest,
    redisService: { ...redisService, service_connect_configuration: configuration },
  };
}
