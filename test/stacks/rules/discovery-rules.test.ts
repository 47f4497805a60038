import { describe } from "vitest";
import { discoveryRules } from "../../../stacks/rules/discovery-rules.ts";
import { testBreaks } from "../support/broken.ts";

const redis = "aws_ecs_service.redis_service";
const searching = "aws_ecs_service.service_search_service";
const rights = "aws_iam_role_policy.app_roles_task_policy";
const cloudMap = "aws_service_discovery_service.discovery_redis";

const search = { image: "example.com/search:1", port: 9200 };

describe("the rules of Cloud Map", () => {
  testBreaks(discoveryRules, [
    [
      "registry-fits-interface",
      "aws_ecs_service.service_search_service.service_registries",
      ({ resource }) =>
        Reflect.deleteProperty(
          resource("aws_ecs_service.service_search_service")["service_registries"] as object,
          "port",
        ),
      { services: { search: { ...search, networkMode: "awsvpc" } } },
    ],
    [
      "registry-names-container",
      `${redis}.service_registries`,
      ({ resource }) => {
        const { registry_arn } = resource(redis)["service_registries"] as { registry_arn: string };
        resource(redis)["service_registries"] = { registry_arn, port: 6379 };
      },
    ],
    [
      "custom-health-threshold",
      `${cloudMap}.health_check_custom_config.failure_threshold`,
      ({ resource }) => (resource(cloudMap)["health_check_custom_config"] = {}),
    ],
    [
      "srv-records",
      `${cloudMap}.dns_config.dns_records`,
      ({ resource }) => {
        const dns = resource(cloudMap)["dns_config"] as Record<string, unknown>;
        dns["dns_records"] = [{ type: "A", ttl: 10 }];
      },
    ],
    [
      "srv-records",
      `${cloudMap}.dns_config.routing_policy`,
      ({ resource }) => {
        const dns = resource(cloudMap)["dns_config"] as Record<string, unknown>;
        dns["routing_policy"] = "WEIGHTED";
      },
    ],
    [
      "discovery-force-destroy",
      `${cloudMap}.force_destroy`,
      ({ resource }) => (resource(cloudMap)["force_destroy"] = false),
    ],
    [
      "discovery-force-destroy",
      `${cloudMap}.force_destroy`,
      ({ resource }) => (resource(cloudMap)["force_destroy"] = true),
      { protected: true },
    ],
    [
      "replaced-with-registry",
      `${redis}.lifecycle.replace_triggered_by`,
      // Without .id, an in-place update would also trigger a replacement.
      ({ resource }) => (resource(redis)["lifecycle"] = { replace_triggered_by: [cloudMap] }),
    ],
    [
      "discover-named-services",
      "aws_iam_role_policy.app_roles_task_policy.policy.Statement.0",
      ({ resource }) => {
        const policy = resource("aws_iam_role_policy.app_roles_task_policy");
        const document = JSON.parse(String(policy["policy"])) as {
          Statement: Record<string, unknown>[];
        };
        policy["policy"] = JSON.stringify({
          ...document,
          Statement: document.Statement.map((each) => ({ ...each, Condition: undefined })),
        });
      },
    ],
    [
      "registry-fits-interface",
      [`${searching}.service_registries`, `${searching}.service_registries`],
      ({ resource }) => twice(resource(searching)),
      { services: { search: { ...search, networkMode: "awsvpc" } } },
    ],
    [
      "registry-names-container",
      [`${redis}.service_registries`, `${redis}.service_registries`],
      ({ resource }) => twice(resource(redis)),
    ],
    [
      "discover-named-services",
      `${rights}.policy.Statement.0`,
      ({ resource }) =>
        changeStatements(resource(rights), (statement) => (statement["Resource"] = "arn:aws:x")),
    ],
    [
      "discover-named-services",
      "aws_iam_policy.shared.policy.Statement.0",
      ({ add }) => {
        const Statement = { Action: "servicediscovery:DiscoverInstances", Resource: "*" };
        add("aws_iam_policy.shared", { policy: JSON.stringify({ Statement }) });
      },
    ],
  ]);
});

type Json = Record<string, unknown>;

/** Registers the tasks of a service twice. */
function twice(service: Json): void {
  service["service_registries"] = [service["service_registries"], service["service_registries"]];
}

function changeStatements(resource: Json, change: (statement: Json) => void): void {
  const document = JSON.parse(String(resource["policy"])) as { Statement: Json[] };
  for (const statement of document.Statement) change(statement);
  resource["policy"] = JSON.stringify(document);
}
