import { describe, expect, it } from "vitest";
import { elastiCacheRules } from "../../../stacks/rules/elasticache-rules.ts";
import { type Break, foundBy, testBreaks } from "../support/broken.ts";
import { onElastiCache } from "../support/template.ts";

const group = "aws_elasticache_replication_group.elasticache_group";
const parameters = "aws_elasticache_parameter_group.elasticache_parameters";
const fromClients = "aws_vpc_security_group_ingress_rule.elasticache_from_clients_0";
const alone = { ...onElastiCache, redis: { kind: "elasticache", replicas: 0 } } as const;
const kept = { ...onElastiCache, protected: true };

describe("the rules of ElastiCache", () => {
  testBreaks(elastiCacheRules, [
    ...Object.entries({
      transit_encryption_enabled: false,
      transit_encryption_mode: "preferred",
      auth_token: undefined,
      auth_token_update_strategy: undefined,
    }).map(([field, value]): Break => [
      "elasticache-tls",
      `${group}.${field}`,
      ({ resource }) => (resource(group)[field] = value),
      onElastiCache,
    ]),
    [
      "token-in-encrypted-state",
      `${group}.auth_token`,
      ({ json }) =>
        ((json["terraform"] as Record<string, unknown>)["backend"] = {
          local: { path: "terraform.tfstate" },
        }),
      onElastiCache,
      "a token without an encrypted remote state",
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
      alone,
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
      "parameter-family",
      `${parameters}.lifecycle.create_before_destroy`,
      ({ resource }) => Reflect.deleteProperty(resource(parameters), "lifecycle"),
      onElastiCache,
    ],
    ...["true", undefined].map((upgrade): Break => [
      "elasticache-version-chosen",
      `${group}.auto_minor_version_upgrade`,
      ({ resource }) => (resource(group)["auto_minor_version_upgrade"] = upgrade),
      onElastiCache,
    ]),
    [
      "elasticache-open-to-clients",
      `${group}.security_group_ids`,
      ({ remove }) => remove(fromClients),
      onElastiCache,
    ],
  ]);

  it("require no encrypted state without a password", () => {
    const resource = { aws_elasticache_replication_group: { redis: {} } };
    expect(foundBy(elastiCacheRules, "token-in-encrypted-state", resource)).toEqual([]);
  });
});
