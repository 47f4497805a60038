import { describe, expect, it } from "vitest";
import { environments } from "../../../environments.ts";
import type { RootModule } from "../../../harness/ecs/index.ts";
import { environmentSetup } from "../../../harness/plays/setups/environment-setup.ts";
import type { Setup } from "../../../harness/plays/setups/setup.ts";
import { analyse } from "../../../harness/upgrade/analyse.ts";
import { whyUnplayable } from "../../../harness/upgrade/unplayable.ts";

const synthesized = new Map<string, Setup>();

/** The dev environment with another Redis. Each is synthesized once. */
function dev(redis: object, more: object = {}): Setup {
  const changed = { ...environments.dev, redis: { ...environments.dev.redis, ...redis }, ...more };
  const key = JSON.stringify(changed);
  const setup = synthesized.get(key) ?? environmentSetup("dev", { environments: { dev: changed } });
  synthesized.set(key, setup);
  return setup;
}

/** The notices about an upgrade from one environment to another. */
async function saidOf(old: Setup, next: Setup) {
  const { summary } = await analyse(next, old.local.template as RootModule, "v1");
  return summary.notices.map(({ effect, what }) => `${effect}: ${what}`);
}

const image = (name: string, version: string) => ({
  image: `${name.toLowerCase()}:${version}.1`,
  majorVersion: Number.parseInt(version, 10),
});

/** An image without a version in its name. */
const digest = (major: number) => ({
  image: `example.com/cache@sha256:${String(major).repeat(64)}`,
  majorVersion: major,
});

describe("an upgrade of Redis", () => {
  it.each([
    ["Redis", "8.0", "Redis", "7.4", 1],
    ["Redis", "8.4", "Redis", "8.2", 1],
    ["Redis", "8.2", "Redis", "8.2", 0],
    ["Redis", "8.2", "Redis", "8.10", 0],
    ["Redis", "7.4", "Redis", "8.0", 0],
    ["Redis", "8.0", "Valkey", "8.1", 1],
    ["Valkey", "8.1", "Redis", "8.4", 1],
    ["Valkey", "8.1", "Valkey", "9.0", 0],
  ])(
    "from %s %s to %s %s: whether the server may not read the data",
    async (name, version, other, next, count) => {
      const said = await saidOf(dev(image(name, version)), dev(image(other, next)));
      expect(said.filter((each) => each.startsWith("does not start"))).toHaveLength(count);
    },
  );

  it("to a later major version says that only a backup is a way back", async () => {
    expect(await saidOf(dev(image("Redis", "7.4")), dev(image("Redis", "8.0")))).toContainEqual(
      expect.stringMatching(/^restarts: Redis 8.0 .* only a backup/),
    );
  });

  it("of images without a version says that Redis restarts", async () => {
    const [first] = await saidOf(dev(digest(8)), dev(digest(7)));
    expect(first).toMatch(/^restarts/);
  });

  it("that does not start again is not played, because every image is this machine's Redis", async () => {
    const { template } = dev({}).local;
    expect(await whyUnplayable(dev({}), template as RootModule, "does not start")).toBe(
      "the local ECS runs one version of Redis for every image",
    );
  });

  it("to another folder leaves the data in the old one", async () => {
    const said = await saidOf(dev({}), dev({}, { fileSystem: { path: "/other" } }));
    expect(said[0]).toBe(
      "leaves data: Redis starts with the data in aws_efs_file_system.storage_efs/other: its current data stay in aws_efs_file_system.storage_efs/redis",
    );
  });

  it("that destroys the file system does not mention its folder", async () => {
    const existing = { id: "fs-0123", securityGroupId: "sg-0123", path: "/redis", restored: true };
    const said = await saidOf(dev({}), dev({}, { fileSystem: existing }));
    expect(said[0]).toMatch(/^loses data: the file system is destroyed/);
    expect(said.join("\n")).not.toContain("what it has now stays in");
  });
});
