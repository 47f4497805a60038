import { readFileSync } from "node:fs";
import { Redis } from "ioredis";
import { expect, test } from "vitest";
import { environments } from "../../environments.ts";
import { startLocalEcs } from "../../harness/ecs/index.ts";
import { environmentSetup, guestBook } from "../../harness/plays/setups/environment-setup.ts";
import { makeFolder, removeFolder } from "../../harness/ecs/base/temporary-folder.mjs";
import { makeCertificate } from "../../harness/ecs/programs/certificate.ts";
import { startRedis } from "../../harness/ecs/programs/start-redis.ts";
import { until } from "../../harness/plays/stage/until.ts";

const PASSWORD = "of somebody else";
const SECRET = "games/redis";

/** The name in its certificate and in its URL. */
const NAME = "redis.example.com";

// Scenarios cover Redis as a service.
test("the same app runs with an external Redis, whose URL and password are in a secret", async () => {
  const folder = makeFolder("external-redis-");
  using _ = { [Symbol.dispose]: () => removeFolder(folder) };
  const certificate = makeCertificate(folder.path, [NAME]);
  await using theirs = await startRedis({ tls: certificate, password: PASSWORD });
  const url = `arn:aws:secretsmanager:eu-central-1:111111111111:secret:${SECRET}-a1B2c3`;
  const dev = { ...environments.dev, redis: { kind: "external", url } as const };
  const app = { ...guestBook(), environment: { NODE_EXTRA_CA_CERTS: certificate.cert } };
  const { local } = environmentSetup("dev", { environments: { dev }, app });
  const held = { url: `rediss://${NAME}:${theirs.port}/2`, password: PASSWORD };

  await using ecs = await startLocalEcs({
    ...local,
    secrets: { ...local.secrets, [SECRET]: JSON.stringify(held) },
    hostnames: { [NAME]: theirs.host },
  });
  await ecs.apply();
  await ecs.waitUntilStable();
  expect(ecs.services.map(({ name }) => name)).toEqual(["dev-app"]);

  const balancer = ecs.loadBalancers[0]?.url ?? "";
  const sign = async (): Promise<boolean> =>
    (await fetch(`${balancer}/guests/ada`, { method: "POST" })).status === 201;
  await until("a guest signs", sign);
  const tls = { ca: readFileSync(certificate.cert), servername: NAME };
  const redis = new Redis({
    host: theirs.host,
    port: theirs.port,
    password: PASSWORD,
    db: 2,
    tls,
  });
  try {
    expect(await redis.smembers("guests")).toEqual(["ada"]);
  } finally {
    redis.disconnect();
  }
});
