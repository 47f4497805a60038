/** A requirement that no rule can check in the JSON, and the test that checks it. */
export interface TestedFact {
  readonly title: string;
  readonly source: string;
  readonly file: string;
}

export const testedFacts: readonly TestedFact[] = [
  {
    title: "A deploy of the app changes only its task definition, in every environment",
    source: "https://developer.hashicorp.com/terraform/cli/commands/plan",
    file: "test/stacks/properties.test.ts",
  },
  {
    title:
      "A TTL is changed in place; a change of type, namespace or routing policy would create a new service",
    source:
      "https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/service_discovery_service",
    file: "test/stacks/properties.test.ts",
  },
  {
    title:
      "A record is 1 1 <host port> <instance>.<service>.<namespace>, with an address beside it",
    source: "https://docs.aws.amazon.com/cloud-map/latest/api/API_DnsRecord.html",
    file: "test/harness/ecs/discovery/cloud-map.test.ts",
  },
  {
    title:
      "MULTIVALUE returns at most eight healthy instances, or unhealthy ones if none is healthy",
    source: "https://docs.aws.amazon.com/cloud-map/latest/api/API_DnsConfig.html",
    file: "test/harness/ecs/discovery/cloud-map.test.ts",
  },
  {
    title: "NXDOMAIN is cached for the time in the zone's SOA",
    source: "https://docs.aws.amazon.com/cloud-map/latest/api/API_SOA.html",
    file: "test/harness/ecs/discovery/dns-cache.test.ts",
  },
  {
    title: "Records appear before a task is healthy: clients retry a refused connection",
    source: "https://github.com/aws/amazon-ecs-agent/issues/1421",
    file: "test/runtime/ioredis/failures.test.ts",
  },
  {
    title: "Clients wait for a Redis that still loads its data",
    source: "https://github.com/aws/amazon-ecs-agent/issues/1421",
    file: "test/runtime/ioredis/failures.test.ts",
  },
  {
    title: "A task stops before its record's TTL expires: clients follow it to its new address",
    source: "https://github.com/aws/containers-roadmap/issues/343",
    file: "test/runtime/ioredis/moves.test.ts",
  },
  {
    title: "The VPC's resolver drops packets over 1024 per second and network interface",
    source: "https://docs.aws.amazon.com/vpc/latest/userguide/AmazonDNS-concepts.html",
    file: "test/runtime/dialer/waiting.test.ts",
  },
  {
    title:
      "A second server with the same data waits for the lock, and takes over when the first has ended",
    source: "https://github.com/aws/amazon-ecs-agent/issues/2485",
    file: "test/stacks/redis/container/start.test.ts",
  },
  {
    title: "Redis accepts its clients during a password rotation",
    source: "https://redis.io/docs/latest/commands/acl-setuser/",
    file: "test/stacks/redis/container/start.test.ts",
  },
  {
    title: "A server that does not get the lock in time exits, and ECS starts a new one",
    source: "https://github.com/aws/containers-roadmap/issues/959",
    file: "test/stacks/redis/container/start.test.ts",
  },
  {
    title: "The health check fails with a wrong password, although redis-cli ping exits 0",
    source: "https://redis.io/docs/latest/develop/tools/cli/",
    file: "test/stacks/redis/container/health.test.ts",
  },
  {
    title: "The health check passes while Redis loads its data",
    source: "https://redis.io/docs/latest/commands/ping/",
    file: "test/stacks/redis/container/health.test.ts",
  },
  {
    title: "A backup that reads files at different times has a complete copy of Redis' data",
    source: "https://docs.aws.amazon.com/efs/latest/ug/awsbackup.html",
    file: "test/stacks/redis/container/backup-copy.test.ts",
  },
  {
    title:
      "A crash does not stop the task, a stalled file system does not restart Redis, and Redis starts again after an outage of EFS by itself",
    source:
      "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/container-restart-policy.html",
    file: "test/harness/plays/scenarios/more-scenarios.test.ts",
  },
  {
    title: "Redis writes its data before it exits on SIGTERM",
    source: "https://redis.io/docs/latest/operate/oss_and_stack/reference/signals/",
    file: "test/stacks/redis/container/start.test.ts",
  },
];

/** Facts that no code can check. */
export const operatedFacts: readonly (readonly [title: string, page: string])[] = [
  [
    "Terraform cannot set the SOA's TTL of a namespace; an AWS command can",
    "operations.md#lower-the-ttl-of-what-does-not-exist",
  ],
  [
    "A host cut off from EFS for longer than the NFS lease loses its lock, but its Redis may still run",
    "operations.md#when-a-host-is-lost",
  ],
  [
    "Running hosts get a new machine image only when an operator replaces them",
    "operations.md#roll-the-hosts",
  ],
  ["A major version of Redis cannot read data of the next one", "operations.md#upgrade-redis"],
  [
    "To move a service to another capacity provider in place, set cluster.forceNewDeployment for that deploy: otherwise Terraform refuses the plan",
    "operations.md#change-the-capacity-provider",
  ],
  [
    "ECS neither replaces nor reports a host whose agent is silent, and still counts its tasks as running",
    "operations.md#when-a-host-or-its-agent-is-silent",
  ],
  [
    "The pause between tasks of Redis that never reach RUNNING grows up to 27 minutes: a forced deployment starts one at once",
    "operations.md#redis-does-not-start",
  ],
  [
    "A Redis that crashes after more than a minute is restarted again and again: only an alarm reports it",
    "operations.md#when-redis-crashes",
  ],
  [
    "CloudWatch has metrics of Redis' container; with `redis.metrics` also evictions, clients and command times",
    "operations.md#when-redis-is-nearly-full",
  ],
  [
    "A rollback by the circuit breaker leaves the service on the old revision: the next plan shows it",
    "operations.md#a-deploy-that-was-rolled-back",
  ],
  [
    "An older Redis with the same folder must stop before the new service mounts it",
    "operations.md#adopt-what-exists",
  ],
  ["Redis 7.4 and later is not licensed under BSD-3; Valkey is", "choices.md#redis-or-valkey"],
];
