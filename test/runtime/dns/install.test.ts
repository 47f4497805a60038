import dns from "node:dns";
import * as promises from "node:dns/promises";
import { promisify } from "node:util";
import { describe, expect, it, onTestFinished, vi } from "vitest";

import { install } from "../../../runtime/src/dns/install.ts";
import type { DnsServer } from "../../../runtime/src/testing.ts";
import { setTxt } from "../support/other-records.ts";
import { serve } from "../support/process-dns.ts";

const NAME = "dev-redis.dev-ecs";

/** A DNS server that the process asks, with records of the name. */
async function serveName(): Promise<DnsServer> {
  const server = await serve();
  server.setSrv(NAME, { host: "redis.test", port: 6379 });
  setTxt(server, NAME, "replicaSet=rs0");
  server.setAddress(NAME, "127.0.0.1");
  return server;
}

/** Installs until the end of the test. */
function installed(): () => void {
  const undo = install();
  onTestFinished(undo);
  return undo;
}

/** Whether the query was ours: Node.js sends no EDNS record. */
async function isOurs(server: DnsServer, call: () => Promise<unknown>): Promise<boolean> {
  server.queries.length = 0;
  await call();
  expect(server.queries).toHaveLength(1);
  return server.queries[0]?.edns === true;
}

/** Each way to ask, called at the time of the query. */
const CALLS: Record<string, () => Promise<unknown>> = {
  "dns.promises.resolveSrv": () => dns.promises.resolveSrv(NAME),
  "dns.promises.resolveTxt": () => dns.promises.resolveTxt(NAME),
  "dns.promises.resolve with SRV": () => dns.promises.resolve(NAME, "SRV"),
  "dns.promises.resolve with TXT": () => dns.promises.resolve(NAME, "TXT"),
  "dns.resolveSrv": () => promisify(dns.resolveSrv)(NAME),
  "dns.resolveTxt": () => promisify(dns.resolveTxt)(NAME),
  "dns.resolve with SRV": () => promisify(dns.resolve)(NAME, "SRV"),
};

describe("install", () => {
  it.each(Object.entries(CALLS))("replaces %s until it is undone", async (_name, call) => {
    const server = await serveName();
    expect(await isOurs(server, call)).toBe(false);
    const undo = installed();
    expect(await isOurs(server, call)).toBe(true);
    undo();
    undo();
    expect(await isOurs(server, call)).toBe(false);
  });

  it.each(Object.entries(CALLS))("survives dns.setServers: %s", async (_name, call) => {
    await serveName();
    const undo = installed();
    const server = await serveName();
    expect(await isOurs(server, call)).toBe(true);
    undo();
    expect(await isOurs(server, call)).toBe(false);
  });

  it("replaces functions that a module has imported", async () => {
    const server = await serveName();
    const undo = installed();
    expect(await isOurs(server, () => promises.resolveSrv(NAME))).toBe(true);
    undo();
    expect(await isOurs(server, () => promises.resolveSrv(NAME))).toBe(false);
  });

  it("leaves other types, and no type, to Node.js", async () => {
    const server = await serveName();
    installed();
    expect(await isOurs(server, () => dns.promises.resolve(NAME))).toBe(false);
    expect(await isOurs(server, () => dns.promises.resolve(NAME, "A"))).toBe(false);
    expect(await isOurs(server, () => promisify(dns.resolve)(NAME, "A"))).toBe(false);
    const addresses = new Promise((resolve, reject) => {
      dns.resolve(NAME, (error, found) => (error === null ? resolve(found) : reject(error)));
    });
    expect(await addresses).toEqual(["127.0.0.1"]);
  });

  it("leaves the properties as they were", () => {
    const before = Object.getOwnPropertyDescriptors(dns.promises);
    installed()();
    expect(Object.getOwnPropertyDescriptors(dns.promises)).toEqual(before);
  });

  it.each([
    ["the last first", [1, 0]],
    ["the first first", [0, 1]],
  ] as const)("can be called twice, and undone: %s", async (_order, [one, other]) => {
    const server = await serveName();
    const undo = [installed(), installed()];
    undo[one]?.();
    expect(await isOurs(server, () => dns.promises.resolveSrv(NAME))).toBe(true);
    undo[other]?.();
    expect(await isOurs(server, () => dns.promises.resolveSrv(NAME))).toBe(false);
  });

  it("leaves what others have put over it, and calls Node.js from there once undone", async () => {
    const server = await serveName();
    const before = Object.getOwnPropertyDescriptor(dns.promises, "resolveSrv");
    const undo = installed();
    const ours = dns.promises.resolveSrv;
    const wrapper = vi.fn<typeof ours>((name) => ours(name));
    Object.defineProperty(dns.promises, "resolveSrv", { value: wrapper, configurable: true });
    onTestFinished(() => void Object.defineProperty(dns.promises, "resolveSrv", before ?? {}));
    undo();
    expect(await isOurs(server, () => dns.promises.resolveSrv(NAME))).toBe(false);
    expect(wrapper).toHaveBeenCalledOnce();
  });

  it("leaves unknown types and names that only Node.js can send to it", async () => {
    const server = await serveName();
    setTxt(server, "*.dev-ecs", "any");
    installed();
    expect(() => dns.promises.resolve(NAME, "constructor" as "TXT")).toThrow(
      expect.objectContaining({ code: "ERR_INVALID_ARG_VALUE" }),
    );
    expect(await isOurs(server, () => dns.promises.resolveTxt("*.dev-ecs"))).toBe(false);
    server.setSrv("xn--bcher-kva.example", { host: "a.example", port: 1 });
    expect(await isOurs(server, () => dns.promises.resolveSrv("b\u{fc}cher.example"))).toBe(false);
    await expect(dns.promises.resolveSrv("127.0.0.1")).rejects.toMatchObject({ code: "ENOTFOUND" });
  });

  it("passes errors to a callback, and throws for wrong arguments as Node.js does", async () => {
    await serveName();
    installed();
    await expect(promisify(dns.resolveSrv)("gone.dev-ecs")).rejects.toMatchObject({
      code: "ENOTFOUND",
    });
    expect(() => dns.resolveSrv(5 as never, () => {})).toThrow(
      expect.objectContaining({ code: "ERR_INVALID_ARG_TYPE" }),
    );
    expect(() => dns.resolveSrv(NAME, undefined as never)).toThrow(
      expect.objectContaining({ code: "ERR_INVALID_ARG_TYPE" }),
    );
  });
});
