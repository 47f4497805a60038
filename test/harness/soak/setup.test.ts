import { expect, test } from "vitest";
import { environmentSetup } from "../../../harness/plays/setups/environment-setup.ts";
import { example } from "../../../harness/plays/setups/example-environment.ts";
import { soakSetup } from "../../../harness/soak/setup.ts";

const dev = environmentSetup("dev", { environments: example });

test("a setup without changes is the environment's", () => {
  expect(soakSetup(dev, {})).toEqual(dev);
  expect(JSON.stringify(dev.local.template)).toContain(policy("everysec"));
});

test("appendfsync changes in the first deploy and in every release", () => {
  const { local, release } = soakSetup(dev, { appendfsync: "always" });
  for (const template of [local.template, release({ tag: "2.0.0" })]) {
    expect(JSON.stringify(template)).toContain(policy("always"));
    expect(JSON.stringify(template)).not.toContain(policy("everysec"));
  }
});

test("needs a Redis on ECS", () => {
  const redis = {
    kind: "external",
    url: "redis://redis.example.com",
    password: { ssmParameter: "/redis" },
  } as const;
  const setup = environmentSetup("dev", { environments: { dev: { ...example.dev, redis } } });
  expect(() => soakSetup(setup, {})).toThrow("dev has no Redis on ECS");
});

/** As it is written in a task definition, which is text in the template. */
const policy = (value: string): string =>
  JSON.stringify(JSON.stringify({ name: "SERVER_APPENDFSYNC", value })).slice(2, -2);
