import { describe } from "vitest";
import { elastiCacheRules } from "../../../stacks/rules/elasticache-rules.ts";
import { testBreaks } from "../support/broken.ts";
import { onElastiCache } from "../support/template.ts";

const group = "aws_elasticache_replication_group.elasticache_group";
const parameters = "aws_elasticache_parameter_group.elasticache_parameters";
const fromClients = "aws_vpc_security_group_ingress_rule.elasticache_from_clients_0";
const kept = { ...onElastiCache, protected: true };

describe("the rules of ElastiCache", () => {
  testBreaks(elastiCacheRules, [
    [
      "elasticache-tls",
      `${group}.transit_encryption_mode`,
      ({ resource }) => (resource(group)["transit_encryption_mode"] = "preferred"),
      onElastiCache,
    ],
    [
      "elasticache-tls",
      `${group}.auth_token_update_strategy`,
      ({ resource }) => Reflect.deleteProperty(resource(group), "auth_token_update_strategy"),
      onElastiCache,
    ],
    [
      "token-in-encrypted-state",
      `${group}.auth_token`,
      ({ json }) =>
        ((json["terraform"] as Record<string, unknown>)["backend"] = {
          local: { path: "terraform.tfstate" },
        }),
      onElastiCache,
    ],
    [
      "elasticache-encrypted",
      `${group}.at_rest_encryption_enabled`,
      ({ resource }) => (resource(group)["at_rest_encryption_enabled"] = "false"),
      onElastiCache,
    ],
    [
      "failover-has-replica",
      `${group}.automatic_failover_enabled`,
      ({ resource }) => (resource(group)["automatic_failover_enabled"] = false),
      onElastiCache,
    ],
    [
      "failover-has-replica",
      `${group}.multi_az_enabled`,
      ({ resource }) => (resource(group)["multi_az_enabled"] = true),
      { ...onElastiCache, redis: { kind: "elasticache", replicas: 0 } },
    ],
    [
      "last-snapshot",
      `${group}.final_snapshot_identifier`,
      ({ resource }) => Reflect.deleteProperty(resource(group), "final_snapshot_identifier"),
      kept,
    ],
    [
      "last-snapshot",
      `${group}.snapshot_retention_limit`,
      ({ resource }) => (resource(group)["snapshot_retention_limit"] = 0),
      kept,
    ],
    [
      "last-snapshot",
      `${group}.final_snapshot_identifier`,
      ({ resource }) => (resource(group)["final_snapshot_identifier"] = "last"),
      onElastiCache,
    ],
    [
      "parameter-family",
      `${parameters}.family`,
      ({ resource }) => (resource(parameters)["family"] = "valkey7"),
      onElastiCache,
    ],
    [
      "parameter-family",
      `${parameters}.lifecycle.create_before_destroy`,
      ({ resource }) => Reflect.deleteProperty(resource(parameters), "lifecycle"),
      onElastiCache,
    ],
    [
      "elasticache-open-to-clients",
      `${fromClients}.from_port`,
      ({ resource }) => (resource(fromClients)["from_port"] = 0),
      onElastiCache,
    ],
    [
      "elasticache-open-to-clients",
      `${group}.security_group_ids`,
      ({ remove }) => remove(fromClients),
      onElastiCache,
    ],
  ]);
});
