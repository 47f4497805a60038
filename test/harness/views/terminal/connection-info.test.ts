import { expect, test } from "vitest";
import { readTemplate } from "../../../../harness/ecs/index.ts";
import { connectionInfo } from "../../../../harness/views/terminal/connection-info.ts";
import { template } from "../../ecs/fixture/template.ts";

const environment = [{ name: "REDIS_URL", value: "redis+srv://test-redis.test-ecs" }];
const small = template({ appContainer: { environment } });
const { plan } = await readTemplate(small, { parameters: {}, drawn: new Map() });

const ecs = {
  loadBalancers: [{ name: "test-app", resource: "aws_lb.app", url: "http://here", listeners: [] }],
  dnsServer: "127.1.2.2:53",
  platform: {
    pidNamespaces: true,
    readOnly: true,
    users: true,
    ulimits: true,
    resolvConf: true,
    networks: true,
    memory: true,
  },
  whyNoMemoryLimits: undefined as string | undefined,
  secret: (name: string) => `it's ${name}`,
};

const info = (
  outside: readonly string[],
  hasCommands = false,
  machine: Partial<typeof ecs> = {},
): string =>
  connectionInfo(
    { ...ecs, ...machine },
    { plan, outside: new Set(outside) },
    { here: "/nowhere/at/all", hasCommands },
  );

test("commands are quoted for a shell", () => {
  const secret = "'it'\\''s aws_secretsmanager_secret.redis'";
  expect(info([])).toContain(`  REDIS_PASSWORD=${secret} node /`);
  expect(info([])).toContain("this password is only for this run");
});

test("a password from outside is not printed", () => {
  const text = info(["aws_secretsmanager_secret.redis"]);
  expect(text).not.toContain("it's");
  expect(text).toMatch(/ Redis +node \S+ ping redis\+srv:\/\/test-redis\.test-ecs --server /);
  expect(text).toContain("set REDIS_PASSWORD to the secret aws_secretsmanager_secret.redis first");
});
