import { describe, expect, it } from "vitest";
import { parseEnvironments } from "../../../stacks/config/parse-environments.ts";
import { refusal } from "../support/refusal.ts";
import { existingParts, minimalEnvironment, restoredFileSystem } from "../support/template.ts";

const least = minimalEnvironment;
const existing = { ...least, ...existingParts };

describe("parseEnvironments", () => {
  it("fills in all defaults of a minimal environment", () => {
    expect(parseEnvironments({ dev: least })).toEqual([
      {
        ...least,
        name: "dev",
        protected: false,
        state: { kind: "local" },
        tags: {},
        logRetentionDays: 30,
        network: {
          cidr: "10.0.0.0/16",
          zones: ["a", "b"],
          ownZones: false,
          nat: "single",
          endpoints: [],
          flowLogs: false,
        },
        cluster: {
          instanceType: "t3.small",
          minHosts: 2,
          maxHosts: 4,
          failoverRoom: true,
          reservedMemory: 256,
          eniTrunking: false,
          imagePull: "default",
          diskSize: 30,
          containerInsights: "enabled",
          hostRefresh: false,
          dynamicPortRange: { from: 40_000, to: 49_999 },
        },
        namespace: {},
        exec: false,
        redis: {
          kind: "service",
          image: "public.ecr.aws/docker/library/redis:8.0.4",
          memory: 512,
          cpu: 256,
          maxmemoryPercent: 45,
          stopped: false,
          maxmemoryPolicy: "noeviction",
          appendfsync: "everysec",
          passwordVersion: 1,
          parameters: {},
          modules: true,
          metrics: false,
          dnsTtl: 10,
          healthCheck: { interval: 15, timeout: 20, retries: 10 },
        },
        app: {
          image: "example.com/app:1",
          loadBalancer: {
            healthCheck: {
              path: "/healthz",
              interval: 10,
              timeout: 4,
              healthyThreshold: 2,
              unhealthyThreshold: 3,
              gracePeriod: 60,
            },
            deregistrationDelay: 30,
            allowedCidrs: ["0.0.0.0/0"],
            sslPolicy: "ELBSecurityPolicy-TLS13-1-2-Res-2021-06",
            plainHttp: false,
            idleTimeout: 60,
          },
          networkMode: "bridge",
          memory: 256,
          cpu: 128,
          environment: {},
          secrets: {},
          secretKeyArns: [],
          taskPolicy: [],
          taskPolicyArns: [],
          stopTimeout: 30,
          readonlyRootFilesystem: false,
          rollbackOnAlarms: false,
        },
        tasks: {},
        services: {},
        alarms: false,
        dashboard: true,
      },
    ]);
  });

  it("keeps the order of environments", () => {
    const names = parseEnvironments({ prod: least, dev: least, stg: least }).map(
      ({ name }) => name,
    );
    expect(names).toEqual(["prod", "dev", "stg"]);
  });

  it("accepts every part as existing", () => {
    expect(parseEnvironments({ qa: existing })).toMatchObject([existingParts]);
  });

  it("lists all problems of all environments, with a stable code", () => {
    const error = refusal({
      dev: { ...least, account: 1, region: "Frankfurt" },
      stg: { ...least, redis: { memroy: 512 } },
    });
    expect(error.code).toBe("ERR_CONFIG_INVALID");
    expect(error.message).toBe(
      [
        "environments.ts has 3 problems:",
        "  dev.account: got 1; allowed: the 12 digits of an AWS account, in quotes",
        '  dev.region: got "Frankfurt"; allowed: an AWS region such as eu-central-1',
        "  stg.redis.memroy: unknown; allowed: fields kind, image, imageMirror, majorVersion, memory, maxmemoryPercent, cpu, maxmemoryPolicy, appendfsync, parameters, modules, metrics, stopped, dnsTtl, healthCheck, passwordVersion",
      ].join("\n"),
    );
  });

  it("refuses a very large count quickly, without further problems", () => {
    const app = { ...least.app, desiredCount: 100_000_000 };
    expect(refusal({ dev: { ...least, app } }).problems).toEqual([
      {
        environment: "dev",
        field: "app.desiredCount",
        message: "got 100000000; allowed: a whole number from 1 to 1000",
      },
    ]);
  });

  it("shows values that JSON does not support", () => {
    const cyclic: unknown[] = [];
    cyclic.push(cyclic);
    for (const [account, shown] of [
      [cyclic, "got <ref *1> [ [Circular *1] ]"],
      [[1n], "got [ 1n ]"],
      [() => 1, "got [Function (anonymous)]"],
      [{ toJSON: () => undefined }, "got { toJSON: [Function: toJSON] }"],
    ] as const) {
      expect(refusal({ dev: { ...least, account } }).message).toContain(`dev.account: ${shown}`);
    }
  });

  it.each([undefined, null, "dev", [least], {}])("refuses %j in place of environments", (value) => {
    expect(refusal(value).message).toContain("an object from environment name");
  });

  it.each([
    "Dev",
    "1dev",
    "dev_1",
    "dev-",
    "a".repeat(21),
    "",
    "aws1",
    "ecs",
    "internal",
    "sg-1",
    "constructor",
  ])("refuses %j as the name of an environment", (name) => {
    expect(refusal({ [name]: least }).message).toContain("allowed: 1 to 20 lower-case letters");
  });
});

describe("a field that is refused", () => {
  const { network } = least;
  const bad: [field: string, changes: object][] = [
    ["account", { account: "12345678901" }],
    ["region", { region: "eu-central" }],
    ["logRetentionDays", { logRetentionDays: 31 }],
    ["network", { network: 7 }],
    ["network.cidr", { network: { cidr: "10.0.0.0/28" } }],
    ["network.cidr", { network: { cidr: "10.0.0.9/16" } }],
    ["network.zones", { network: { ...network, zones: ["a"] } }],
    ["network.zones", { network: { ...network, zones: ["a", "a"] } }],
    ["network.cidr", { network: { ...existingParts.network, ...network } }],
    ["network.vpcId", { network: { vpcId: "main", privateSubnetIds: [] } }],
    ["network.privateSubnetIds", { network: { vpcId: "vpc-1" } }],
    ["cluster.minHosts", { cluster: { minHosts: 5, maxHosts: 4 } }],
    ["cluster.instanceType", { cluster: { instanceType: "small" } }],
    ["cluster.dynamicPortRange.from", { cluster: { dynamicPortRange: { from: 22, to: 9000 } } }],
    ["cluster.imageId", { cluster: { imageId: "ami" } }],
    ["logKmsKeyArn", { logKmsKeyArn: "alias/logs" }],
    ["permissionsBoundaryArn", { permissionsBoundaryArn: "edge" }],
    ["fileSystem.kmsKeyArn", { fileSystem: { kmsKeyArn: "alias/efs" } }],
    ["cluster", { cluster: existingParts.cluster }],
    ["namespace.name", { namespace: { name: "Dev" } }],
    ["namespace", { namespace: existingParts.namespace }],
    ["fileSystem.path", { fileSystem: { path: "/a/../b" } }],
    ["fileSystem", { fileSystem: existingParts.fileSystem }],
    ["fileSystem.create", { fileSystem: { ...restoredFileSystem, create: true } }],
  ];

  it.each(bad)("names %s of %j", (field, changes) => {
    const { problems } = refusal({ dev: { ...least, ...changes } });
    expect(problems).toContainEqual(expect.objectContaining({ environment: "dev", field }));
  });

  const ranges: [from: number, to: number, message: string][] = [
    [40_000, 40_000, "a range of 100 ports or more"],
    [50_000, 52_000, "51678 to 51680 (the ECS agent)"],
    [32_768, 60_999, "ECS_DYNAMIC_HOST_PORT_RANGE"],
    [2300, 3000, "2375 to 2376 (Docker)"],
    [2000, 2200, "2049 to 2049 (NFS)"],
    [20_400, 30_000, "20049 to 21049 (TLS tunnels to EFS)"],
    [20_450, 30_000, "20049 to 21049 (TLS tunnels to EFS)"],
  ];
  it.each(ranges)("is the port range %d to %d", (from, to, message) => {
    const [problem] = refusal({
      dev: { ...least, cluster: { dynamicPortRange: { from, to } } },
    }).problems;
    expect(problem?.field).toBe("cluster.dynamicPortRange");
    expect(problem?.message).toContain(message);
  });

  it("is a namespace of another VPC", () => {
    const namespace = { ...existingParts.namespace, vpcId: "vpc-0ffe" };
    expect(refusal({ qa: { ...existing, namespace } }).message).toContain("qa.namespace.vpcId:");
  });
});
