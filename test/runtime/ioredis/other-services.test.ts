import { Redis } from "ioredis";
import { describe, expect, it } from "vitest";

import { startRedis } from "../../../harness/ecs/programs/start-redis.ts";
import { dnsTo, leadTo, startListener } from "../support/dialing.ts";
import { clientOf, startClient, until } from "../support/redis-clients.ts";

const password = "a-secret-word";

/** Another program on the former port of a Redis. It replies with a text, and records its input. */
async function startOtherService(answer: string) {
  const received: string[] = [];
  const listener = await startListener((socket) => {
    socket.on("data", (bytes) => received.push(bytes.toString("latin1")));
    if (answer !== "") socket.write(answer);
  });
  return Object.assign(listener, { received });
}

/** A command in the wire format. */
const PING = "*1\r\n$4\r\nPING\r\n";

describe("a program that took the port of a Redis", () => {
  it.each([
    ["HTTP", "HTTP/1.1 400 Bad Request\r\n\r\n"],
    ["mail", "220 mail.example.com\r\n"],
    ["nothing", ""],
  ])("and speaks %s gets PING, and neither the password nor a command", async (_what, answer) => {
    await using other = await startOtherService(answer);
    await using redis = await startRedis({ args: ["--requirepass", password] });
    await using dns = await dnsTo(other.port);
    using client = startClient(dns, { password, connectTimeout: 300 }, { cache: false });
    const written = client.redis.set("key", "value");
    await until(() => other.received.length >= 2);
    leadTo(dns, redis.port);
    await expect(written).resolves.toBe("OK");
    expect(new Set(other.received)).toEqual(new Set([PING]));
  });
});

describe("a Redis of others that took the port", () => {
  it("with another password takes no command", async () => {
    await using other = await startRedis({ args: ["--requirepass", "another-word"] });
    await using dns = await dnsTo(other.port);
    using client = startClient(dns, { password, maxRetriesPerRequest: 1 });
    await expect(client.redis.set("key", "value")).rejects.toThrow(/^WRONGPASS/);
    using owner = clientOf(new Redis({ port: other.port, password: "another-word" }));
    await expect(owner.redis.exists("key")).resolves.toBe(0);
  });
});
