import { DataAwsSecretsmanagerSecretVersion } from "@cdktf/provider-aws/lib/data-aws-secretsmanager-secret-version/index.js";
import { ElasticacheParameterGroup } from "@cdktf/provider-aws/lib/elasticache-parameter-group/index.js";
import { ElasticacheReplicationGroup } from "@cdktf/provider-aws/lib/elasticache-replication-group/index.js";
import { ElasticacheSubnetGroup } from "@cdktf/provider-aws/lib/elasticache-subnet-group/index.js";
import type { ITerraformDependable } from "cdktf";
import { Construct } from "constructs";
import { type ElastiCacheConfig, engineVersionOf } from "../config/elasticache-schema.ts";
import type { Names } from "../config/names.ts";
import type { NetworkParts } from "../network/network.ts";
import { allowIngress, onePort, securityGroup } from "../network/security-group.ts";
import { listedParts } from "../aws/listed-parts.ts";
import type { Statement } from "../aws/policy.ts";
import { preventDestroyIf } from "../aws/protection.ts";
import { redisPort } from "./redis-container.ts";
import type { RedisParts } from "./redis-parts.ts";
import type { RedisPasswords } from "./redis-passwords.ts";

export interface ElastiCacheProps {
  readonly config: ElastiCacheConfig;
  readonly names: Names;
  readonly network: Pick<NetworkParts, "vpcId" | "privateSubnetIds">;
  /** Security groups of the clients. */
  readonly clientSecurityGroupIds: readonly string[];
  readonly passwords: RedisPasswords;
  readonly isProtected: boolean;
}

/**
 * Redis as a replication group with one shard, TLS, a password and automatic failover. The primary endpoint's
 * name always resolves to the primary, so the app needs no SRV lookup.
 */
export class ElastiCache extends Construct implements RedisParts {
  readonly variables: Readonly<Record<string, string>>;
  readonly secrets: Readonly<Record<string, string>>;
  readonly readable: readonly string[];
  readonly allowed: readonly Statement[] = [];
  readonly dependencies: readonly ITerraformDependable[];
  /** Host name of the primary. */
  readonly endpoint: string;
  /** The nodes' names in CloudWatch: `dev-redis-001` and so on. */
  readonly nodeIds: readonly string[];

  constructor(scope: Construct, id: string, props: ElastiCacheProps) {
    super(scope, id);
    const { config, names, passwords } = props;
    const { group: nodes, clients } = this.securityGroup(props);
    const group = this.replicationGroup(props, nodes.id);
    this.endpoint = group.primaryEndpointAddress;
    this.variables = { REDIS_URL: `rediss://${this.endpoint}:${redisPort}` };
    this.secrets = { REDIS_PASSWORD: passwords.inUse.secretArn };
    this.readable = passwords.secretArns;
    // Also needed during a destroy: a stopping client may still have to write.
    this.dependencies = [group, ...clients];
    this.nodeIds = Array.from(
      { length: 1 + config.replicas },
      (_, index) => `${names.replicationGroup}-${String(index + 1).padStart(3, "0")}`,
    );
  }

  private replicationGroup(
    props: ElastiCacheProps,
    securityGroupId: string,
  ): ElasticacheReplicationGroup {
    const { config, names, isProtected } = props;
    const hasReplicas = config.replicas > 0;
    return new ElasticacheReplicationGroup(this, "group", {
      replicationGroupId: names.replicationGroup,
      description: `Redis of ${names.cluster}`,
      engine: config.engine,
      engineVersion: engineVersionOf(config),
      nodeType: config.nodeType,
      port: redisPort,
      numCacheClusters: 1 + config.replicas,
      // Failover needs a replica.
      automaticFailoverEnabled: hasReplicas,
      multiAzEnabled: hasReplicas,
      parameterGroupName: this.parameters(props).name,
      subnetGroupName: this.subnets(props).name,
      securityGroupIds: [securityGroupId],
      ...this.secured(props),
      ...times(config),
      // Terraform's provider reads the running version. After an upgrade by AWS, the next plan would require the
      // older version. AWS does not support downgrades, so the group would be replaced by an empty one
      // (terraform-provider-aws, internal/service/elasticache/engine_version.go).
      autoMinorVersionUpgrade: "false",
      // Changes may cause a failover, and clients must reconnect. If protected, do this only in the maintenance window.
      applyImmediately: !isProtected,
      // A snapshot's name must be unique, so an unprotected environment could not be destroyed twice.
      ...(isProtected && { finalSnapshotIdentifier: `${names.replicationGroup}-final` }),
      tags: { Name: names.redis },
      ...preventDestroyIf(isProtected),
    });
  }

  /**
   * The token is not a write-only argument, so it is in the state. It is read from the app's secret. The other
   * secret must not be a dependency: while it gets a new value, the token would be unknown.
   */
  private secured({ config, passwords: { inUse } }: ElastiCacheProps) {
    const token = new DataAwsSecretsmanagerSecretVersion(this, "token", {
      secretId: inUse.secretArn,
      dependsOn: [inUse.value],
    });
    return {
      transitEncryptionEnabled: true,
      transitEncryptionMode: "required",
      atRestEncryptionEnabled: "true",
      ...(config.kmsKeyArn !== undefined && { kmsKeyId: config.kmsKeyArn }),
      authToken: token.secretString,
      // The old token stays valid until the next rotation.
      authTokenUpdateStrategy: "ROTATE",
    };
  }

  private subnets({ names, network }: ElastiCacheProps): ElasticacheSubnetGroup {
    return new ElasticacheSubnetGroup(this, "subnets", {
      name: names.redis,
      description: `Redis of ${names.cluster}`,
      subnetIds: [...network.privateSubnetIds],
    });
  }

  /** The name includes the family: for another engine or major version, a new group is created first. */
  private parameters({ config, names }: ElastiCacheProps): ElasticacheParameterGroup {
    const family = familyOf(config);
    const settings = { ...config.parameters, "maxmemory-policy": config.maxmemoryPolicy };
    return new ElasticacheParameterGroup(this, "parameters", {
      name: `${names.redis}-${family}`,
      family,
      description: `Redis of ${names.cluster}`,
      parameter: Object.entries(settings)
        .toSorted(([one], [other]) => (one < other ? -1 : 1))
        .map(([name, value]) => ({ name, value })),
      lifecycle: { createBeforeDestroy: true },
    });
  }

  private securityGroup({ names, network, clientSecurityGroupIds }: ElastiCacheProps) {
    const group = securityGroup(this, "security_group", {
      name: `${names.redis}-elasticache`,
      description: "Nodes of Redis",
      vpcId: network.vpcId,
    });
    const clients = listedParts({
      id: (client) => `from_clients_${client}`,
      values: clientSecurityGroupIds,
      make: (id, client) =>
        allowIngress(this, id, {
          description: "Redis over TLS",
          client,
          server: group.id,
          ports: onePort(redisPort),
        }),
    });
    return { group, clients };
  }
}

function times({ snapshotRetentionDays, snapshotWindow, maintenanceWindow }: ElastiCacheConfig) {
  return {
    snapshotRetentionLimit: snapshotRetentionDays,
    ...(snapshotRetentionDays > 0 && { snapshotWindow }),
    maintenanceWindow,
  };
}

/** The parameter family of a major version: `valkey8`, `redis7`. */
function familyOf(config: ElastiCacheConfig): string {
  return `${config.engine}${engineVersionOf(config).split(".")[0] ?? ""}`;
}
