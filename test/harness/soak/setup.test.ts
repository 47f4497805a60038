import { expect, test } from "vitest";
import { environmentSetup } from "../../../harness/plays/setups/environment-setup.ts";
import { example } from "../../../harness/plays/setups/example-environment.ts";
import { appendFsyncOf, withAppendFsync } from "../../../harness/soak/setup.ts";

const dev = environmentSetup("dev", { environments: example });

test("takes appendfsync from the environment, unless one is given", () => {
  expect(appendFsyncOf(dev)).toBe("everysec");
  expect(appendFsyncOf(withAppendFsync(dev, "no"))).toBe("no");
  const release = withAppendFsync(dev, "always").release({ tag: "2.0.0" });
  expect(appendFsyncOf({ ...dev, local: { ...dev.local, template: release } })).toBe("always");
});

test("needs a Redis on ECS", () => {
  const redis = {
    kind: "external",
    url: "redis://redis.example.com",
    password: { ssmParameter: "/redis" },
  } as const;
  const setup = environmentSetup("dev", { environments: { dev: { ...example.dev, redis } } });
  expect(() => appendFsyncOf(setup)).toThrow("dev has no Redis on ECS");
});
