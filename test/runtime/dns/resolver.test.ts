import { describe, expect, it } from "vitest";

import { SrvDialError } from "../../../runtime/src/base/errors.ts";
import type { DnsRecord } from "../../../runtime/src/dns/codec.ts";
import { ErrorReply } from "../../../runtime/src/dns/exchange.ts";
import type { Reply } from "../../../runtime/src/dns/message.ts";
import { createResolver } from "../../../runtime/src/dns/resolver.ts";
import { type Asked, replyOf, serversOf } from "../support/answering.ts";

const NAME = "dev-redis.dev-ecs";
const HOST = "redis-1.dev-ecs";
const SERVFAIL = new ErrorReply("10.0.0.1:53: SERVFAIL");

const srv = (name: string, ttl = 10): DnsRecord => {
  const data = { target: HOST, port: 6379, priority: 1, weight: 2 };
  return { type: "SRV", name, ttl, data };
};
const cname = (name: string, data: string, ttl = 10): DnsRecord => {
  return { type: "CNAME", name, ttl, data };
};
const a = (data: string, ttl = 10): DnsRecord => ({ type: "A", name: HOST, ttl, data });
const aaaa = (data: string, ttl = 10): DnsRecord => ({ type: "AAAA", name: HOST, ttl, data });
const ns: DnsRecord = { type: "NS", name: "dev-ecs", ttl: 1, data: "ns.dev-ecs" };
const soa = (ttl: number, minimum: number): DnsRecord => {
  return { type: "SOA", name: "dev-ecs", ttl, data: { minimum } };
};

/** A resolver whose only server replies at once, or is silent without a reply. */
function resolving(reply: (name: string, type: string) => Partial<Reply> | Error | undefined) {
  const led = serversOf(1, ({ question: { name, type }, settle }) => {
    const outcome = reply(name, type);
    if (outcome instanceof Error) settle(outcome);
    else if (outcome !== undefined) settle(replyOf(outcome));
  });
  const names = (): string[] =>
    led.asked.map(({ question }) => `${question.type} ${question.name}`);
  return { ...led, names, ...createResolver(led.options) };
}

describe("the records that a resolver finds", () => {
  it("are the targets of the name, with the TTL of the answer", async () => {
    const { resolve, names } = resolving(() => ({ answers: [srv(NAME, 7)] }));
    expect(await resolve(NAME)).toEqual({
      targets: [{ host: HOST, port: 6379, priority: 1, weight: 2, ttl: 7 }],
      ttl: 7,
    });
    expect(names()).toEqual([`SRV ${NAME}`]);
  });

  it.each([
    [{ unref: true }, true],
    [{}, false],
  ])("keep the process alive, or not with unref: %j", async (context, expected) => {
    const { resolve, lookup, asked } = resolving(() => ({}));
    await resolve(NAME, context);
    await lookup(HOST, { ...context, family: 4 });
    expect(asked.map((one) => one.unref)).toEqual([expected, expected]);
  });

  it.each([
    [3, [], 0, "answered NXDOMAIN (there is no such name)"],
    [0, [soa(9, 30)], 9, "gave an answer without them (the name exists)"],
  ])("may be none: rcode %d", async (rcode, authorities, ttl, said) => {
    const { resolve } = resolving(() => ({ rcode, authorities }));
    const reason = `the DNS server 10.0.0.1:53 ${said}`;
    expect(await resolve(NAME)).toEqual({ targets: [], ttl, reason });
  });

  it("are found at the end of an alias, in one question", async () => {
    const { resolve, names } = resolving(() => ({
      answers: [cname(NAME, "b.dev-ecs", 3), srv("b.dev-ecs")],
    }));
    expect(await resolve(NAME)).toMatchObject({ targets: [{ host: HOST, ttl: 10 }], ttl: 3 });
    expect(names()).toHaveLength(1);
  });

  it("may be none at the end of an alias", async () => {
    const answers = [cname(NAME, "b.dev-ecs")];
    const { resolve, names } = resolving(() => ({ answers, authorities: [ns, soa(5, 5)] }));
    const reason = `the DNS server 10.0.0.1:53 gave an answer without them (the name exists), after an alias to b.dev-ecs`;
    expect(await resolve(NAME)).toEqual({ targets: [], ttl: 5, reason });
    expect(names()).toHaveLength(1);
  });

  it("fail at an endless alias", async () => {
    const { resolve } = resolving(() => ({ answers: [cname(NAME, NAME)] }));
    await expect(resolve(NAME)).rejects.toThrow(
      `Cannot resolve SRV ${NAME}: ${NAME} leads through more than 8 aliases`,
    );
  });

  it("fail with the errors of the servers", async () => {
    const { resolve } = resolving(() => SERVFAIL);
    const error = await resolve(NAME).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(SrvDialError);
    expect(error).toMatchObject({
      code: "ERR_SRV_RESOLVE",
      hostname: NAME,
      message: `Cannot resolve SRV ${NAME}: 10.0.0.1:53: SERVFAIL`,
      cause: { errors: [SERVFAIL] },
    });
  });

  it("end with the caller, with the caller's reason", async () => {
    const { resolve, clock, asked } = resolving(() => undefined);
    const controller = new AbortController();
    const failure = resolve(NAME, { signal: controller.signal }).catch((reason: unknown) => reason);
    controller.abort(new Error("gone"));
    expect(await failure).toMatchObject({ message: "gone" });
    expect(asked[0]?.isClosed).toBe(true);
    clock.expectNoTimers();
  });
});

it.each([undefined, {}, { family: 0 }, { family: "both" }])(
  "addresses are not found without one IP version: %j",
  async (context) => {
    const { lookup, names } = resolving(both);
    const error = await lookup(HOST, context as never).catch((reason: unknown) => reason);
    expect(error).toMatchObject({
      code: "ERR_SRV_INVALID_ARG",
      message: expect.stringContaining("Invalid family: got"),
    });
    expect(names()).toEqual([]);
  },
);

const both = (_name: string, type: string): Partial<Reply> => ({
  answers: type === "SRV" ? [srv(NAME)] : [a("10.0.0.1")],
});
const channelsOf = (asked: readonly Asked[]) => asked.map(({ channels }) => channels);

describe("the channels of a resolution", () => {
  it("are used for the addresses of its hosts if they are looked up immediately", async () => {
    const { resolve, lookup, asked } = resolving(both);
    await resolve(NAME);
    await lookup(HOST, { family: 4 });
    const [ofName, ofHost] = channelsOf(asked);
    expect(ofHost).toBe(ofName);
  });

  it("are new ones for another host, and later", async () => {
    const { resolve, lookup, asked } = resolving(both);
    await resolve(NAME);
    await lookup("redis-2.dev-ecs", { family: 4 });
    await new Promise((done) => setImmediate(done));
    await lookup(HOST, { family: 4 });
    expect(new Set(channelsOf(asked)).size).toBe(3);
  });
});

describe("the addresses that a resolver finds", () => {
  it.each([
    [4, ["A"], ["10.0.0.1"]],
    [6, ["AAAA"], ["2001:db8::1"]],
  ] as const)("are of the family asked for: %s", async (family, types, addresses) => {
    const { lookup, names, clock } = resolving((_name, type) => ({
      answers: [type === "A" ? a("10.0.0.1", 9) : aaaa("2001:db8::1", 7)],
    }));
    const ttl = family === 4 ? 9 : 7;
    expect(await lookup(HOST, { family })).toEqual({ addresses, ttl });
    expect(names()).toEqual(types.map((type) => `${type} ${HOST}`));
    clock.expectNoTimers();
  });

  it.each([
    ["a minute, when no one says how long", [], 60],
    ["as long as the SOA says", [soa(20, 5)], 5],
  ])("are empty for %s", async (_what, authorities, ttl) => {
    const { lookup } = resolving(() => ({ authorities }));
    expect(await lookup(HOST, { family: 4 })).toEqual({ addresses: [], ttl });
  });
});
