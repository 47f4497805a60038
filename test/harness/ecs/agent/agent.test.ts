import { once } from "node:events";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { EcsEvent } from "../../../../harness/ecs/base/events.ts";
import type { Platform } from "../../../../harness/ecs/index.ts";
import { type Found, found, reported } from "./found.ts";

const ROLE = { task_role_arn: "arn:aws:iam::111122223333:role/app-task" };

/** Where containers have this machine's network, and where only Node.js programs find the resolver. */
const PLATFORMS: readonly (readonly [string, Partial<Platform>])[] = [
  ["all that this machine allows", {}],
  ["this machine's network", { networks: false }],
  ["this machine's network and resolver", { networks: false, resolvConf: false }],
];

const dockerId = expect.stringMatching(/^[0-9a-f]{64}$/);
const time = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);

describe.each(PLATFORMS)("a program with the AWS SDK, as a process with %s", (_, platform) => {
  it("gets its region, its role's credentials and DiscoverInstances", async () => {
    const { region, credentials, instances } = await found({ appTask: ROLE, platform });
    expect(region).toBe("eu-central-1");
    expect(credentials).toMatchObject({
      accessKeyId: "ASIALOCALECSTASKROLE",
      sessionToken: "local-ecs",
    });
    const hours = (Date.parse(String(credentials["expiration"])) - Date.now()) / 3_600_000;
    expect(hours).toBeGreaterThan(5);
    expect(instances).toMatchObject([{ Attributes: { ECS_SERVICE_NAME: "test-redis" } }]);
  });

  it("fails at once, with how to redirect it, when it calls another API", async () => {
    const events: EcsEvent[] = [];
    const { refused, again } = await found({ appTask: ROLE, platform, events });
    expect(refused).toMatchObject({ error: "NotInLocalEcs", attempts: 1 });
    expect(again).toEqual({ ...refused, took: again["took"] });
    const said = String(refused["message"]);
    expect(said).toMatch(
      /^servicediscovery ListServices: .* AWS_ENDPOINT_URL_SERVICEDISCOVERY=http:\S+, or /,
    );
    // Once for the task and API.
    const calls = events.filter((event) => event.type === "call");
    expect(calls).toMatchObject([
      { service: "test-app", api: "servicediscovery ListServices", message: said },
    ]);
  });

  it("has no region of the agent if its definition has one", async () => {
    const REGIONS = ["AWS_REGION", "AWS_DEFAULT_REGION"];
    const { env } = await found({ platform });
    expect(REGIONS.map((name) => env[name])).toEqual(["eu-central-1", "eu-central-1"]);
    expect(env["AWS_EXECUTION_ENV"]).toBe("AWS_ECS_EC2");
    const environment = [{ name: "AWS_REGION", value: "eu-west-3" }];
    const own = (await found({ platform, appContainer: { environment } })).env;
    expect(REGIONS.map((name) => own[name])).toEqual(["eu-west-3", undefined]);
  });

  it("finds nothing of this machine's AWS configuration", async () => {
    const { env, credentials } = await found({ platform });
    expect(credentials).toMatchObject({ error: "CredentialsProviderError" });
    expect(JSON.stringify({ env, credentials })).not.toMatch(/planted|AKIA|mars/i);
    expect(env["AWS_EC2_METADATA_DISABLED"]).toBe("true");
  });

  let home: string;
  beforeEach(() => {
    home = mkdtempSync(join(tmpdir(), "home-"));
    mkdirSync(join(home, ".aws"));
    const keys = "aws_access_key_id = AKIAPLANTEDINAFILE00\naws_secret_access_key = planted\n";
    writeFileSync(join(home, ".aws/credentials"), `[default]\n${keys}`);
    writeFileSync(join(home, ".aws/config"), "[default]\nregion = mars-east-1\n");
    for (const [name, value] of Object.entries({
      HOME: home,
      AWS_ACCESS_KEY_ID: "AKIAPLANTEDINTHEENV0",
      AWS_SECRET_ACCESS_KEY: "planted",
      AWS_PROFILE: "default",
      AWS_REGION: "mars-east-1",
      AWS_SHARED_CREDENTIALS_FILE: join(home, ".aws/credentials"),
      AWS_CONFIG_FILE: join(home, ".aws/config"),
    })) {
      vi.stubEnv(name, value);
    }
  });
  afterEach(() => {
    vi.unstubAllEnvs();
    rmSync(home, { recursive: true });
  });
});

describe("the metadata of a task", () => {
  it("is that of the run, in the fields of version 4", async () => {
    const appContainer = {
      cpu: 64,
      dockerLabels: { team: "guests" },
      healthCheck: { command: ["CMD-SHELL", "true"], interval: 5, timeout: 60 },
      logConfiguration: {
        logDriver: "awslogs",
        options: { "awslogs-group": "/ecs/app", "awslogs-region": "eu-central-1" },
      },
      restartPolicy: { enabled: true },
    };
    const all = await found({
      appTask: { ...ROLE, cpu: "512", memory: "256" },
      appContainer,
      platform: {},
    });
    const { run, container, task } = all;
    const arn = `arn:aws:ecs:eu-central-1:000000000000:task/test/${run.task.id}`;
    expect(container).toEqual({
      DockerId: dockerId,
      Name: "app",
      DockerName: expect.stringMatching(/^ecs-test-app-1-app-[0-9a-f]{20}$/),
      Image: "111111111111.dkr.ecr.eu-central-1.amazonaws.com/app:1",
      Ports: [
        {
          ContainerPort: 3000,
          Protocol: "tcp",
          HostPort: run.task.containers[0]?.ports[0]?.hostPort,
          HostIp: run.task.address,
        },
      ],
      Labels: {
        team: "guests",
        "com.amazonaws.ecs.cluster": "test",
        "com.amazonaws.ecs.container-name": "app",
        "com.amazonaws.ecs.task-arn": arn,
        "com.amazonaws.ecs.task-definition-family": "test-app",
        "com.amazonaws.ecs.task-definition-version": "1",
      },
      DesiredStatus: "RUNNING",
      KnownStatus: "RUNNING",
      Limits: { CPU: 64, Memory: 128 },
      CreatedAt: time,
      StartedAt: time,
      Type: "NORMAL",
      Health: expect.objectContaining({ status: expect.stringMatching(/^(UNKNOWN|HEALTHY)$/) }),
      LogDriver: "awslogs",
      LogOptions: { "awslogs-group": "/ecs/app", "awslogs-region": "eu-central-1" },
      ContainerARN: expect.stringMatching(
        /^arn:aws:ecs:eu-central-1:000000000000:container\/test\/[0-9a-f]{32}\/[0-9a-f-]{36}$/,
      ),
      RestartCount: 0,
      Networks: [
        {
          NetworkMode: "bridge",
          IPv4Addresses: [run.task.containers[0]?.address ?? run.task.address],
        },
      ],
    });
    expect(task).toEqual({
      Cluster: "test",
      TaskARN: arn,
      Family: "test-app",
      Revision: "1",
      DesiredStatus: "RUNNING",
      KnownStatus: expect.stringMatching(/^(PULLED|RUNNING)$/),
      Limits: { CPU: 0.5, Memory: 256 },
      AvailabilityZone: expect.stringMatching(/^eu-central-1[ab]$/),
      LaunchType: "EC2",
      ServiceName: "test-app",
      FaultInjectionEnabled: false,
      Containers: [{ ...container, Health: expect.anything() }],
    });
  });

  it("has the network interface of a task in awsvpc mode, in version 4", async () => {
    const appTask = { network_mode: "awsvpc" };
    const { container, v3, run } = await found({ appTask, platform: {} });
    const { address = "" } = run.task;
    const block = address.split(".").slice(0, 3).join(".");
    const common = { NetworkMode: "awsvpc", IPv4Addresses: [address] };
    expect(container["Networks"]).toEqual([
      {
        ...common,
        AttachmentIndex: 0,
        MACAddress: expect.stringMatching(/^0e(:[0-9a-f]{2}){5}$/),
        IPv4SubnetCIDRBlock: `${block}.0/24`,
        ...(run.hasNetworks && { DomainNameServers: [`${block}.2`] }),
        PrivateDNSName: `ip-${address.replaceAll(".", "-")}.eu-central-1.compute.internal`,
        SubnetGatewayIpv4Address: `${block}.1/24`,
      },
    ]);
    expect(v3["Networks"]).toEqual([common]);
    // Nothing checks it.
    expect(container["Health"]).toBeUndefined();
  });

  it("has fewer fields in version 3", async () => {
    const { v3, v3Task, container, task } = await found({ platform: {} });
    const { ContainerARN: _arn, ...common } = container;
    expect(v3).toEqual(common);
    expect(v3Task).toEqual({
      ...without(task, "LaunchType", "ServiceName", "FaultInjectionEnabled"),
      KnownStatus: expect.anything(),
      Containers: [v3],
    });
  });

  it("has the CPU time and memory of its processes", async () => {
    const { container, stats, taskStats } = await found({ platform: {} });
    const later = taskStats[String(container["DockerId"])];
    for (const each of [stats, later]) {
      expect(each).toMatchObject({
        id: container["DockerId"],
        memory_stats: { limit: 128 * 2 ** 20 },
      });
      // A Node.js process.
      expect(each?.memory_stats.usage).toBeGreaterThan(20 * 2 ** 20);
      expect(each?.cpu_stats.cpu_usage.total_usage).toBeGreaterThan(1e7);
    }
    expect(stats.precpu_stats).toBeUndefined();
    expect(later?.precpu_stats).toEqual(stats.cpu_stats);
  });
});

it("a template's role has the ARN that Terraform would read", async () => {
  const resource = {
    aws_iam_role: { task: { name: "guests", assume_role_policy: "{}" } },
  };
  const { role } = await found({
    appTask: { task_role_arn: "${aws_iam_role.task.arn}" },
    resource,
    platform: {},
  });
  expect(role).toBe("arn:aws:iam::000000000000:role/guests");
});

it("an emulator of AWS on this machine's localhost is reached from containers", async () => {
  const emulator = createServer((_, response) => response.end("emulated")).listen(0, "127.0.0.1");
  await once(emulator, "listening");
  const { port } = emulator.address() as AddressInfo;
  const endpoints = {
    AWS_ENDPOINT_URL: `http://localhost:${port}`,
    AWS_ENDPOINT_URL_S3: "https://s3.example.com/local",
  };
  const ask = `const { AWS_ENDPOINT_URL: url, AWS_ENDPOINT_URL_S3: s3 } = process.env;
    fetch(url).then(async (reply) => console.log(JSON.stringify({ said: await reply.text(), s3 })));
    setInterval(() => {}, 60_000);`;
  const image = { command: [process.execPath, "-e", ask] };
  try {
    for (const [, platform] of PLATFORMS) {
      const { report } = await reported({ image, platform, endpoints });
      expect(report).toEqual({ said: "emulated", s3: endpoints.AWS_ENDPOINT_URL_S3 });
      // DiscoverInstances is still answered here.
      expect((await found({ appTask: ROLE, platform, endpoints })).instances).toHaveLength(1);
    }
  } finally {
    emulator.close();
    emulator.closeAllConnections();
  }
});

it("the metadata of a task has all its containers, also those that have ended", async () => {
  const ask = `const { ECS_CONTAINER_METADATA_URI_V4: v4 } = process.env;
    const read = (path) => fetch(v4 + path).then((reply) => reply.json());
    Promise.all([read("/task"), read("/task/stats"), read("/other")]).then(([task, stats, other]) =>
      console.log(JSON.stringify({ task, stats, other })));
    setInterval(() => {}, 60_000);`;
  const node = [process.execPath, "-e"];
  const dependsOn = [{ containerName: "init", condition: "COMPLETE" }];
  const definitions = [
    { name: "app", command: [...node, ask], dependsOn },
    { name: "init", command: [...node, "process.exit(3)"], essential: false },
  ];
  const all = definitions.map((each) => ({ image: "app", memory: 64, ...each }));
  const appTask = { container_definitions: JSON.stringify(all) };
  const { report } = await reported({ image: {}, appTask });
  const { task, stats, other } = report as {
    task: { Containers: { DockerId: string }[] };
    stats: object;
    other: string;
  };
  expect(task.Containers).toMatchObject([
    {
      Name: "app",
      DesiredStatus: "RUNNING",
      KnownStatus: "RUNNING",
      Limits: { CPU: 2, Memory: 64 },
    },
    {
      Name: "init",
      DesiredStatus: "STOPPED",
      KnownStatus: "STOPPED",
      ExitCode: 3,
      FinishedAt: time,
    },
  ]);
  const [app, init] = task.Containers;
  expect(stats).toEqual({
    [app?.DockerId ?? ""]: expect.anything(),
    [init?.DockerId ?? ""]: null,
  });
  expect(other).toBe("V4 metadata handler: no path other");
});

function without(document: Found["task"], ...fields: readonly string[]): Found["task"] {
  return Object.fromEntries(Object.entries(document).filter(([field]) => !fields.includes(field)));
}
