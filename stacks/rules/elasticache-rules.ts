import { fieldOf, finding, type Rule } from "./rule.ts";
import { ingressInto, opensOnly } from "./security-groups.ts";
import { at, text, texts } from "./template.ts";

const group = "aws_elasticache_replication_group";

const tlsAndToken: Rule = {
  id: "elasticache-tls",
  title: "ElastiCache accepts only TLS and requires a password that can be rotated",
  source: "https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/auth.html",
  remedy:
    "transit_encryption_enabled = true, transit_encryption_mode required, auth_token, and auth_token_update_strategy, which has no default",
  *check(template) {
    for (const redis of template.all(group)) {
      const holds = {
        transit_encryption_enabled: redis.body["transit_encryption_enabled"] === true,
        transit_encryption_mode: redis.body["transit_encryption_mode"] === "required",
        auth_token: redis.body["auth_token"] !== undefined,
        auth_token_update_strategy: redis.body["auth_token_update_strategy"] !== undefined,
      };
      for (const [field, isKept] of Object.entries(holds)) {
        if (!isKept) yield finding(redis, field);
      }
    }
  },
};

const tokenInState: Rule = {
  id: "token-in-encrypted-state",
  title: "The state is remote and encrypted: it contains ElastiCache's password",
  source:
    "https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/elasticache_replication_group",
  remedy: "an s3 backend with encrypt, because auth_token is not a write-only argument",
  check: (template) =>
    template
      .all(group)
      .filter(({ body }) => body["auth_token"] !== undefined)
      .filter(() => at(template.json, "terraform.backend.s3.encrypt") !== true)
      .map((redis) => finding(redis, "auth_token", "a token without an encrypted remote state")),
};

const encryptedAtRest: Rule = {
  id: "elasticache-encrypted",
  title: "Nodes and snapshots are encrypted. Encryption cannot be turned on later",
  source: "https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/at-rest-encryption.html",
  remedy: 'at_rest_encryption_enabled = "true"',
  check: fieldOf(group, "at_rest_encryption_enabled", (value) => String(value) === "true"),
};

const failover: Rule = {
  id: "failover-has-replica",
  title: "A replication group has failover and several zones if and only if it has a replica",
  source: "https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/AutoFailover.html",
  remedy:
    "automatic_failover_enabled and multi_az_enabled true if num_cache_clusters is 2 or more, else both false",
  *check(template) {
    for (const redis of template.all(group)) {
      const hasReplica = Number(redis.body["num_cache_clusters"]) > 1;
      for (const field of ["automatic_failover_enabled", "multi_az_enabled"]) {
        if ((redis.body[field] === true) !== hasReplica) yield finding(redis, field);
      }
    }
  },
};

const lastSnapshot: Rule = {
  id: "last-snapshot",
  title:
    "A protected group leaves a final snapshot. An unprotected one leaves none, because a second destroy would fail with the same snapshot name",
  source:
    "https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/elasticache_replication_group",
  remedy:
    "final_snapshot_identifier and snapshot_retention_limit above 0 with protection; no final_snapshot_identifier without",
  *check(template, subject) {
    for (const redis of template.all(group)) {
      const name = redis.body["final_snapshot_identifier"];
      if ((name !== undefined) !== subject.protected) {
        yield finding(redis, "final_snapshot_identifier");
      }
      if (subject.protected && !(Number(redis.body["snapshot_retention_limit"]) > 0)) {
        yield finding(redis, "snapshot_retention_limit");
      }
    }
  },
};

const family: Rule = {
  id: "parameter-family",
  title:
    "The parameter group matches the engine's family, and a new group is created before the old one is destroyed",
  source: "https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/ParameterGroups.html",
  remedy:
    "a family of engine and major version, such as valkey8, also in the group's name, and create_before_destroy",
  *check(template) {
    for (const redis of template.all(group)) {
      const parameters = template.find(redis.body["parameter_group_name"]);
      if (parameters === undefined) continue;
      const [major] = text(redis.body["engine_version"]).split(".");
      const wanted = `${text(redis.body["engine"])}${String(major)}`;
      const { family: is, name } = parameters.body;
      if (is !== wanted || !text(name).endsWith(wanted)) yield finding(parameters, "family");
      if (at(parameters.body, "lifecycle.create_before_destroy") !== true) {
        yield finding(parameters, "lifecycle.create_before_destroy");
      }
    }
  },
};

const chosenVersion: Rule = {
  id: "elasticache-version-chosen",
  title:
    "Only engine_version upgrades the engine. After an upgrade by AWS, the next plan would require the older version and replace the group with an empty one",
  source:
    "https://github.com/hashicorp/terraform-provider-aws/blob/main/internal/service/elasticache/engine_version.go",
  remedy: 'auto_minor_version_upgrade = "false" with engine_version; it is on by default',
  *check(template) {
    for (const redis of template.all(group)) {
      if (redis.body["engine_version"] === undefined) continue;
      if (String(redis.body["auto_minor_version_upgrade"]) === "false") continue;
      yield finding(redis, "auto_minor_version_upgrade");
    }
  },
};

const open: Rule = {
  id: "elasticache-open-to-clients",
  title: "Only the clients' security groups may connect to the nodes, and only on their port",
  source: "https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/elasticache-vpc-accessing.html",
  remedy: "ingress rules only for the port, each from a security group",
  *check(template) {
    for (const redis of template.all(group)) {
      const rules = ingressInto(template, texts(redis.body["security_group_ids"]));
      const bad = rules.find(
        (rule) =>
          !opensOnly(rule, Number(redis.body["port"])) ||
          rule.body["referenced_security_group_id"] === undefined,
      );
      if (bad !== undefined) yield finding(bad, "from_port");
      if (rules.length === 0) yield finding(redis, "security_group_ids");
    }
  },
};

/** ElastiCache: security, failover, versions and destroy of a replication group. */
export const elastiCacheRules: readonly Rule[] = [
  tlsAndToken,
  tokenInState,
  encryptedAtRest,
  failover,
  lastSnapshot,
  family,
  chosenVersion,
  open,
];
