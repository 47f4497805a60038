import { describe, expect, it, vi } from "vitest";

import { createSrvDialer } from "../../../runtime/src/dialer/dialer.ts";
import type { SrvAnswer, SrvResolver } from "../../../runtime/src/base/types.ts";
import { freePort } from "../../../harness/ecs/programs/free-port.ts";
import {
  HOST,
  NAME,
  failingResolver,
  failureOf,
  portOf,
  resolverOf,
  startListener,
  target,
} from "../support/dialing.ts";

describe("a list of resolvers", () => {
  it.each<[string, () => Promise<SrvResolver>]>([
    ["has no records", () => Promise.resolve(resolverOf())],
    ["fails", () => Promise.resolve(failingResolver("down"))],
    ["returns targets that all fail", async () => resolverOf(target(await freePort()))],
  ])("continues with the next if one %s", async (_what, first) => {
    await using server = await startListener();
    const resolver = [await first(), resolverOf(target(server.port))];

    await expect(portOf(createSrvDialer(NAME, { resolver }).connect())).resolves.toBe(server.port);
  });

  it("asks no other resolver while the first one's target answers", async () => {
    await using server = await startListener();
    const second = { resolve: vi.fn<SrvResolver["resolve"]>() };
    const resolver = [resolverOf(target(server.port)), second];

    await portOf(createSrvDialer(NAME, { resolver }).connect());
    expect(second.resolve).not.toHaveBeenCalled();
  });

  it("prepares each resolver once, after the first connection, whatever becomes of it", async () => {
    await using server = await startListener();
    const prepare = vi.fn<(name: string) => void>(() => {
      throw new Error("not ready");
    });
    const first = { ...resolverOf(target(server.port)), prepare };
    const second = { ...resolverOf(), prepare: () => Promise.reject(new Error("not ready")) };
    const dialer = createSrvDialer(NAME, { resolver: [first, second] });

    await dialer.resolve();
    expect(prepare).not.toHaveBeenCalled();
    await portOf(dialer.connect());
    await portOf(dialer.connect());
    expect(prepare).toHaveBeenCalledExactlyOnceWith(NAME);
  });
});

describe("a custom resolver", () => {
  it("may know the addresses of hosts", async () => {
    await using server = await startListener();
    const lookup = vi.fn<NonNullable<SrvResolver["lookup"]>>(() =>
      Promise.resolve({ addresses: ["127.0.0.1"], ttl: 10 }),
    );
    const resolver = { ...resolverOf(target(server.port, { host: HOST })), lookup };

    await portOf(createSrvDialer(NAME, { resolver, family: 4 }).connect());
    expect(lookup).toHaveBeenCalledExactlyOnceWith(HOST, expect.objectContaining({ family: 4 }));
  });

  it("may give the addresses with the answer", async () => {
    await using server = await startListener();
    const resolver = resolverOf(target(server.port, { host: HOST, addresses: ["127.0.0.1"] }));

    await expect(portOf(createSrvDialer(NAME, { resolver }).connect())).resolves.toBe(server.port);
  });

  it("may throw instead of rejecting", async () => {
    const resolver: SrvResolver = {
      resolve() {
        throw new Error("thrown at once");
      },
    };

    const error = await failureOf(createSrvDialer(NAME, { resolver }).connect());
    expect(error.code).toBe("ERR_SRV_RESOLVE");
    expect(error.message).toContain("thrown at once");
  });

  it("may throw instead of rejecting in lookup, and the next target is dialed", async () => {
    await using server = await startListener();
    const lookup = vi.fn<NonNullable<SrvResolver["lookup"]>>(() => {
      throw new Error("thrown at once");
    });
    const targets = [target(1, { host: HOST }), target(server.port, { priority: 1 })];
    const dialer = createSrvDialer(NAME, { resolver: { ...resolverOf(...targets), lookup } });

    for (let dial = 0; dial < 2; dial++) {
      await expect(portOf(dialer.connect())).resolves.toBe(server.port);
    }
    const alone = { ...resolverOf(target(1, { host: HOST })), lookup };
    const error = await failureOf(createSrvDialer(NAME, { resolver: alone }).connect());
    expect(error).toMatchObject({
      code: "ERR_SRV_CONNECT",
      attempts: [{ phase: "lookup", error: { message: "thrown at once" } }],
    });
  });

  it.each<[string, unknown]>([
    ["nothing", undefined],
    ["no list", { targets: "a", ttl: 10 }],
    ["a target of null", { targets: [null], ttl: 10 }],
    ["a host of another type", { targets: [target(1, { host: 5 as never })], ttl: 10 }],
    ["a port out of range", { targets: [target(70_000)], ttl: 10 }],
    ["no priority", { targets: [{ host: HOST, port: 1 }], ttl: 10 }],
    ["a TTL that is no number", { targets: [target(1)], ttl: "10 s" }],
  ])("fails each time it gives %s", async (_what, answer) => {
    const resolver = { resolve: () => Promise.resolve(answer as SrvAnswer) };
    const dialer = createSrvDialer(NAME, { resolver, cache: { minRefresh: 0 } });

    for (let dial = 0; dial < 3; dial++) {
      const error = await failureOf(dialer.connect());
      expect(error.code).toBe("ERR_SRV_RESOLVE");
      expect(error.message).toMatch(/the resolver gave a wrong /);
    }
  });
});
