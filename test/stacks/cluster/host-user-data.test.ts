import { describe, expect, it } from "vitest";
import { hostUserData, machineImage } from "../../../stacks/cluster/host-user-data.ts";

describe("hostUserData", () => {
  const props = {
    cluster: "dev",
    dynamicPortRange: { from: 40_000, to: 49_999 },
    reservedMemory: 300,
    imagePull: "default",
  } as const;
  const script = hostUserData(props);

  it("sets the pull behavior if it is not the default", () => {
    expect(script).not.toMatch(/ECS_IMAGE_PULL_BEHAVIOR/);
    const once = hostUserData({ ...props, imagePull: "once" });
    expect(once).toMatch(/^ECS_IMAGE_PULL_BEHAVIOR=once$/m);
  });
});

describe("machineImage", () => {
  const arm64 = "/amazon-linux-2023/arm64/recommended/image_id";
  const x86 = "/amazon-linux-2023/recommended/image_id";

  it.each(["t4g.small", "m7g.large", "c7gn.xlarge", "r6gd.large", "x2gd.medium", "a1.large"])(
    "is for arm64 on %s",
    (type) => {
      expect(machineImage(type)).toBe(`resolve:ssm:/aws/service/ecs/optimized-ami${arm64}`);
    },
  );

  it.each(["t3.small", "m7i-flex.large", "g4dn.xlarge", "g6.xlarge", "c6a.large", "m5zn.large"])(
    "is for x86_64 on %s",
    (type) => {
      expect(machineImage(type)).toBe(`resolve:ssm:/aws/service/ecs/optimized-ami${x86}`);
    },
  );
});
