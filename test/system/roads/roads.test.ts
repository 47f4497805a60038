import { Resolver } from "node:dns/promises";
import { text } from "node:stream/consumers";
import { createSrvDialer, dnsResolver } from "srv-dialer";
import { describe, type ExpectStatic, it } from "vitest";
import { otherEnvironments } from "../../stacks/support/other-environments.ts";
import { templateOf } from "../../stacks/support/template.ts";
import { type LocalEcs, redisImage, startLocalEcs } from "../../../harness/ecs/index.ts";
import { startRedis } from "../../../harness/ecs/programs/start-redis.ts";
import { guestBook } from "../../../harness/plays/setups/environment-setup.ts";
import { ManagedRedis, managedPlace } from "../../../harness/plays/migration/managed-redis.ts";

// The same app, byte for byte, on every road: only its environment variables differ.

const endpoint = "aws_elasticache_replication_group.elasticache_group.primary_endpoint_address";

/** Stands for a service that the app calls: it answers with its own name. */
const answering = (answer: string) => ({
  command: [
    "node",
    "-e",
    `require("node:http").createServer((_, response) => response.end("${answer}")).listen(process.env.PORT, process.env.HOST)`,
  ],
  workingDirectory: import.meta.dirname,
});

interface Outside {
  readonly secrets?: Readonly<Record<string, string>>;
  readonly managed?: ReturnType<typeof managedPlace>;
}

async function localEcs(road: keyof typeof otherEnvironments, { secrets, managed }: Outside = {}) {
  return startLocalEcs({
    template: templateOf(otherEnvironments, road).json,
    images: {
      redis: redisImage(),
      app: {
        ...guestBook(),
        ...(managed && { environment: { NODE_EXTRA_CA_CERTS: managed.certificate } }),
      },
      search: answering("search"),
      "play-room": answering("play-room"),
    },
    ...(secrets && { secrets }),
    ...(managed && {
      attributes: { [endpoint]: managed.name },
      hostnames: { [managed.name]: managed.address },
    }),
  });
}

/** With the `expect` of its own test, since tests run beside each other. */
async function expectServed(expect: ExpectStatic, ecs: LocalEcs): Promise<void> {
  await ecs.apply();
  await ecs.waitUntilStable();
  const url = ecs.loadBalancers[0]?.url ?? "";
  const sign = async () => (await fetch(`${url}/guests/ada`, { method: "POST" })).status;
  await expect.poll(sign).toBe(201);
  expect(await (await fetch(`${url}/guests`)).json()).toEqual({ guests: 1 });
}

describe.concurrent("the same app serves", () => {
  it.for(["own-interface", "host-network", "scaled", "with-tasks"] as const)(
    "with a Redis that it finds by SRV: %s",
    async (road, { expect }) => {
      await using ecs = await localEcs(road);
      await expectServed(expect, ecs);
    },
  );

  it("with a Redis that ElastiCache runs: managed", async ({ expect }) => {
    const managed = managedPlace();
    await using ecs = await localEcs("managed", { managed });
    const password = ecs.secret("managed-redis-password");
    await using redis = await ManagedRedis.start(managed, password);
    expect(redis).toBeDefined();
    await expectServed(expect, ecs);
  });

  it("with a Redis that someone else runs, whose URL and password are in one secret: external", async ({
    expect,
  }) => {
    await using redis = await startRedis({ args: ["--requirepass", "hunter2"] });
    const secret = { url: `redis://127.0.0.1:${redis.port}`, password: "hunter2" };
    await using ecs = await localEcs("external", {
      secrets: { "games/redis": JSON.stringify(secret) },
    });
    await expectServed(expect, ecs);
  });
});

describe.concurrent("other services", () => {
  it("are found as Redis is, by SRV or A records, beside the app", async ({ expect }) => {
    await using ecs = await localEcs("with-services");
    await expectServed(expect, ecs);
    expect(await askedBySrv(ecs, "with-services-search.with-services-ecs")).toContain("search");
    const resolver = new Resolver();
    resolver.setServers([ecs.dnsServer]);
    const [address = ""] = await resolver.resolve4("with-services-play-room.with-services-ecs");
    expect(await (await fetch(`http://${address}:7000`)).text()).toBe("play-room");
  });
});

/** What a service answers that the dialer has found. */
async function askedBySrv(ecs: LocalEcs, name: string): Promise<string> {
  const dialer = createSrvDialer(name, { resolver: dnsResolver({ servers: [ecs.dnsServer] }) });
  try {
    const socket = await dialer.connect();
    socket.end("GET / HTTP/1.0\r\n\r\n");
    return await text(socket);
  } finally {
    dialer.close();
  }
}
