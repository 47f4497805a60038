import { Resolver } from "node:dns/promises";
import { text } from "node:stream/consumers";
import { createSrvDialer, dnsResolver } from "srv-dialer";
import { describe, type ExpectStatic, it } from "vitest";
import { otherEnvironments } from "../../stacks/support/other-environments.ts";
import { templateOf } from "../../stacks/support/template.ts";
import { type LocalEcs, redisImage, startLocalEcs } from "../../../harness/ecs/index.ts";
import { startRedis } from "../../../harness/ecs/programs/start-redis.ts";
import { guestBook } from "../../../harness/plays/setups/environment-setup.ts";

// The same app in every configuration of Redis and network. Only its environment variables differ.

/** A service that the app calls. It answers with its name. */
const answering = (answer: string) => ({
  command: [
    "node",
    "-e",
    `require("node:http").createServer((_, response) => response.end("${answer}")).listen(process.env.PORT, process.env.HOST)`,
  ],
  workingDirectory: import.meta.dirname,
});

async function localEcs(
  road: keyof typeof otherEnvironments,
  secrets: Readonly<Record<string, string>> = {},
) {
  return startLocalEcs({
    template: templateOf(otherEnvironments, road).json,
    images: {
      redis: redisImage(),
      app: guestBook(),
      search: answering("search"),
      "play-room": answering("play-room"),
    },
    secrets,
  });
}

/** Takes the test's own `expect`, because tests run concurrently. */
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
    "with a Redis found by SRV records: %s",
    async (road, { expect }) => {
      await using ecs = await localEcs(road);
      await expectServed(expect, ecs);
    },
  );

  it("with an external Redis, whose URL and password are in one secret: external", async ({
    expect,
  }) => {
    await using redis = await startRedis({ args: ["--requirepass", "hunter2"] });
    const secret = { url: `redis://host.docker.internal:${redis.port}`, password: "hunter2" };
    await using ecs = await localEcs("external", { "games/redis": JSON.stringify(secret) });
    await expectServed(expect, ecs);
  });
});

describe.concurrent("other services", () => {
  it("are found by SRV or A records, like Redis", async ({ expect }) => {
    await using ecs = await localEcs("with-services");
    await expectServed(expect, ecs);
    expect(await askedBySrv(ecs, "with-services-search.with-services-ecs")).toContain("search");
    const resolver = new Resolver();
    resolver.setServers([ecs.dnsServer]);
    const [address = ""] = await resolver.resolve4("with-services-play-room.with-services-ecs");
    expect(await (await fetch(`http://${address}:7000`)).text()).toBe("play-room");
  });
});

/** The answer of a service at the dialer's address. */
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
