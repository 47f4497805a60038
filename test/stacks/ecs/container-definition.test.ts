import { describe, expect, it } from "vitest";
import {
  containerDefinitions,
  type ContainerProps,
} from "../../../stacks/ecs/container-definition.ts";

const least: ContainerProps = {
  name: "app",
  image: "example.com/app:1",
  memory: 256,
  cpu: 128,
  port: 3000,
  variables: {},
  secrets: {},
  stopTimeout: 30,
  readonlyRootFilesystem: false,
  log: { group: "/ecs/dev/app", region: "eu-west-1" },
};

const parse = (...containers: ContainerProps[]): unknown =>
  JSON.parse(containerDefinitions(...containers));

describe("containerDefinitions", () => {
  it("writes an essential container with a dynamic host port and non-blocking logs", () => {
    expect(parse(least)).toEqual([
      {
        name: "app",
        image: "example.com/app:1",
        essential: true,
        cpu: 128,
        memory: 256,
        portMappings: [{ containerPort: 3000, hostPort: 0, protocol: "tcp" }],
        environment: [],
        secrets: [],
        mountPoints: [],
        stopTimeout: 30,
        readonlyRootFilesystem: false,
        linuxParameters: { initProcessEnabled: true },
        logConfiguration: {
          logDriver: "awslogs",
          options: {
            "awslogs-group": "/ecs/dev/app",
            "awslogs-region": "eu-west-1",
            "awslogs-stream-prefix": "app",
            mode: "non-blocking",
            "max-buffer-size": "4m",
          },
        },
      },
    ]);
  });

  it("writes command, user, mounts, health check and open files if they are given", () => {
    const [container] = parse({
      ...least,
      entryPoint: ["tini", "--"],
      command: ["sh", "-c", "echo"],
      user: "999:999",
      mounts: { data: "/data" },
      healthCheck: { shell: "true", interval: 5, timeout: 2, retries: 3, startPeriod: 300 },
      openFiles: 1024,
    }) as object[];
    expect(container).toMatchObject({
      entryPoint: ["tini", "--"],
      command: ["sh", "-c", "echo"],
      user: "999:999",
      mountPoints: [{ sourceVolume: "data", containerPath: "/data", readOnly: false }],
      healthCheck: {
        command: ["CMD-SHELL", "true"],
        interval: 5,
        timeout: 2,
        retries: 3,
        startPeriod: 300,
      },
      ulimits: [{ name: "nofile", softLimit: 1024, hardLimit: 1024 }],
    });
  });

  it("adds a /tmp in memory to a read-only container", () => {
    expect(parse({ ...least, readonlyRootFilesystem: true })).toMatchObject([
      {
        readonlyRootFilesystem: true,
        linuxParameters: {
          initProcessEnabled: true,
          tmpfs: [{ containerPath: "/tmp", size: 32, mountOptions: ["nosuid", "nodev"] }],
        },
      },
    ]);
  });

  it("publishes no port if there is none", () => {
    const { port: _, ...without } = least;
    expect(parse(without)).toMatchObject([{ portMappings: [] }]);
  });

  it("sorts variables by name", () => {
    const [container] = parse({
      ...least,
      variables: { B: "2", A: "1" },
      secrets: { Z: "arn:z", Y: "arn:y" },
    }) as object[];
    expect(container).toMatchObject({
      environment: [
        { name: "A", value: "1" },
        { name: "B", value: "2" },
      ],
      secrets: [
        { name: "Y", valueFrom: "arn:y" },
        { name: "Z", valueFrom: "arn:z" },
      ],
    });
  });

  it("writes several containers in their order", () => {
    expect(parse(least, { ...least, name: "sidecar" })).toMatchObject([
      { name: "app" },
      { name: "sidecar" },
    ]);
  });
});
