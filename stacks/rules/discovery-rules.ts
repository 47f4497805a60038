import { fieldOf, finding, forcedUnlessProtected, type Rule } from "./rule.ts";
import { sharesHostNetwork, tasksOf } from "./tasks.ts";
import { at, blocks, isAbout, statements, texts } from "./template.ts";

const registryNamesContainer: Rule = {
  id: "registry-names-container",
  title:
    "A service in bridge or host mode registers the host port of one of its containers, in one registry",
  source: "https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ServiceRegistry.html",
  remedy:
    "one service_registries block with container_name and container_port of the task definition, without port, which is for awsvpc mode",
  *check(template) {
    for (const task of tasksOf(template).filter(sharesHostNetwork)) {
      for (const service of task.services) {
        const registries = blocks(service.body["service_registries"]);
        for (const { port, container_name, container_port } of registries) {
          const container = task.containers.find(({ body }) => body["name"] === container_name);
          const ports = blocks(container?.body["portMappings"]).map(
            (each) => each["containerPort"],
          );
          const isKnown = container_port !== undefined && ports.includes(container_port);
          if (port !== undefined || !isKnown || registries.length > 1) {
            yield finding(service, "service_registries");
          }
        }
      }
    }
  },
};

const registryFitsInterface: Rule = {
  id: "registry-fits-interface",
  title: "A service in awsvpc mode registers its port for SRV records, and no port for A records",
  source: "https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ServiceRegistry.html",
  remedy: "service_registries with registry_arn, and port only for SRV; one dns_records block",
  *check(template) {
    for (const task of tasksOf(template).filter((each) => !sharesHostNetwork(each))) {
      for (const service of task.services) {
        const registries = blocks(service.body["service_registries"]);
        for (const { registry_arn, port, container_port } of registries) {
          const records = blocks(
            at(template.find(registry_arn)?.body, "dns_config.dns_records"),
          ).map(({ type }) => type);
          const hasPort = port !== undefined || container_port !== undefined;
          const isKnown = records.length > 0;
          const fits = records.join() === (hasPort ? "SRV" : "A");
          if (registries.length > 1 || (isKnown && !fits)) {
            yield finding(service, "service_registries");
          }
        }
      }
    }
  },
};

const customHealthThreshold: Rule = {
  id: "custom-health-threshold",
  title: "ECS reports the health of instances, with a setting that causes no plan differences",
  source: "https://github.com/hashicorp/terraform-provider-aws/issues/44285",
  remedy:
    "health_check_custom_config with failure_threshold = 1: an empty block or another value causes replacements",
  check: fieldOf(
    "aws_service_discovery_service",
    "health_check_custom_config.failure_threshold",
    (threshold) => threshold === 1,
  ),
};

const srvRecords: Rule = {
  id: "srv-records",
  title: "A service in bridge or host mode has SRV records, one for each task",
  source: "https://docs.aws.amazon.com/cloud-map/latest/api/API_DnsConfig.html",
  remedy:
    "one dns_records block of type SRV, which includes the host port, and routing_policy MULTIVALUE, because WEIGHTED returns one random instance",
  *check(template) {
    for (const task of tasksOf(template).filter(sharesHostNetwork)) {
      for (const registry of task.services.flatMap(({ body }) =>
        blocks(body["service_registries"]),
      )) {
        const service = template.find(registry["registry_arn"]);
        if (service === undefined) continue;
        const types = blocks(at(service.body, "dns_config.dns_records")).map(({ type }) => type);
        if (types.join() !== "SRV") yield finding(service, "dns_config.dns_records");
        if (at(service.body, "dns_config.routing_policy") !== "MULTIVALUE") {
          yield finding(service, "dns_config.routing_policy");
        }
      }
    }
  },
};

const discoveryForceDestroy: Rule = {
  id: "discovery-force-destroy",
  title:
    "An unprotected environment can be destroyed even if a killed task left an instance in Cloud Map. A protected one is never forced",
  source: "https://docs.aws.amazon.com/cloud-map/latest/api/API_DeleteService.html",
  remedy: "force_destroy = true without protection, false with it",
  check: forcedUnlessProtected("aws_service_discovery_service"),
};

const replacedWithRegistry: Rule = {
  id: "replaced-with-registry",
  title:
    "An ECS service is replaced together with its Cloud Map service: a new one may get the old id, and then ECS never registers tasks again",
  source: "https://github.com/hashicorp/terraform-provider-aws/issues/46930",
  remedy:
    "lifecycle.replace_triggered_by with the address and .id of the Cloud Map service; without .id, an in-place update would also trigger a replacement",
  *check(template) {
    for (const service of template.all("aws_ecs_service")) {
      const triggers = texts(at(service.body, "lifecycle.replace_triggered_by"));
      for (const registry of blocks(service.body["service_registries"])) {
        const made = template.find(registry["registry_arn"]);
        if (made !== undefined && !triggers.includes(`${made.address}.id`)) {
          yield finding(service, "lifecycle.replace_triggered_by");
        }
      }
    }
  },
};

const discoverNamedServices: Rule = {
  id: "discover-named-services",
  title: "The permission to discover instances is limited to specific services of one namespace",
  source:
    "https://docs.aws.amazon.com/service-authorization/latest/reference/list_awscloudmap.html",
  remedy:
    "the action does not support resources: use Resource * with StringEquals on servicediscovery:NamespaceName and servicediscovery:ServiceName",
  *check(template) {
    for (const policy of template.all("aws_iam_role_policy", "aws_iam_policy")) {
      for (const [index, statement] of statements(policy.body["policy"]).entries()) {
        if (!isAbout(statement, "servicediscovery:DiscoverInstances")) continue;
        const equals = Object.keys(Object(at(statement, "Condition.StringEquals")) as object);
        const isScoped = ["NamespaceName", "ServiceName"].every((key) =>
          equals.includes(`servicediscovery:${key}`),
        );
        if (!isScoped || statement["Resource"] !== "*") {
          yield finding(policy, `policy.Statement.${index}`, statement);
        }
      }
    }
  },
};

/** Cloud Map: registration of services and their records. */
export const discoveryRules: readonly Rule[] = [
  registryNamesContainer,
  registryFitsInterface,
  customHealthThreshold,
  srvRecords,
  discoveryForceDestroy,
  replacedWithRegistry,
  discoverNamedServices,
];
