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
