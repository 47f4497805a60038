import { readFileSync } from "node:fs";
import { Redis } from "ioredis";
import { expect, test } from "vitest";
import { environments } from "../../environments.ts";
import { startLocalEcs } from "../../harness/ecs/index.ts";
import { environmentSetup, guestBook } from "../../harness/plays/setups/environment-setup.ts";
import { ManagedRedis, managedPlace } from "../../harness/plays/migration/managed-redis.ts";
import { until } from "../../harness/plays/stage/until.ts";

const PASSWORD = "of somebody else";
const SECRET = "games/redis";

// Scenarios cover Redis as a service, and to-elasticache covers ElastiCache.
test("the same app runs with an external Redis, whose URL and password are in a secret", async () => {
  const place = managedPlace();
  const url = `arn:aws:secretsmanager:eu-central-1:111111111111:secret:${SECRET}-a1B2c3`;
  const dev = { ...environments.dev, redis: { kind: "external", url } as const };
  const app = { ...guestBook(), environment: { NODE_EXTRA_CA_CERTS: place.certificate.cert } };
  const { local } = environmentSetup("dev", { environments: { dev }, app });
  const held = { url: `rediss://${place.name}:${place.port}/2`, password: PASSWORD };

  await using theirs = await ManagedRedis.start(place, PASSWORD);
  expect(theirs).toBeDefined();
  await using ecs = await startLocalEcs({
    ...local,
    secrets: { ...local.secrets, [SECRET]: JSON.stringify(held) },
    hostnames: { [place.name]: place.address },
  });
  await ecs.apply();
  await ecs.waitUntilStable();
  expect(ecs.services.map(({ name }) => name)).toEqual(["dev-app"]);

  const balancer = ecs.loadBalancers[0]?.url ?? "";
  const sign = async (): Promise<boolean> =>
    (await fetch(`${balancer}/guests/ada`, { method: "POST" })).status === 201;
  await until("a guest signs", sign);
  const tls = { ca: readFileSync(place.certificate.cert), servername: place.name };
  const redis = new Redis({
    host: place.address,
    port: place.port,
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
