import dns from "node:dns";
import { describe, expect, it } from "vitest";

import { resolveSrv, resolveTxt } from "../../../runtime/src/dns/records.ts";
import { startDnsServer } from "../../../runtime/src/testing.ts";
import { setAlias, setTxt } from "../support/other-records.ts";
import { serve, setServers } from "../support/process-dns.ts";
import { startRawServer } from "../support/raw-dns.ts";

const NAME = "dev-redis.dev-ecs";

/** Node's own functions, with the same servers. */
const nodes = dns.promises;

/** The error of a call, with what programs read of it. */
async function errorOf(call: () => Promise<unknown>): Promise<object> {
  try {
    await call();
  } catch (error) {
    const { constructor, name, message, ...fields } = error as Error;
    return { constructor, name, message, ...fields };
  }
  throw new Error("it has not failed");
}

describe("resolveSrv and resolveTxt, like those of Node.js,", () => {
  it.each([NAME, `${NAME}.`, "DEV-Redis.dev-ecs"])("return the records of %s", async (name) => {
    const server = await serve();
    server.setSrv(NAME, [
      { host: "a.dev-ecs", port: 1, priority: 2, weight: 3 },
      { host: ".", port: 0 },
      { host: "B.other", port: 65_535, priority: 65_535, weight: 65_535 },
    ]);
    setTxt(server, NAME, "authSource=admin", "");
    expect(await resolveSrv(name)).toEqual([
      { name: "a.dev-ecs", port: 1, priority: 2, weight: 3 },
      { name: "", port: 0, priority: 0, weight: 0 },
      { name: "B.other", port: 65_535, priority: 65_535, weight: 65_535 },
    ]);
    expect(await resolveTxt(name)).toEqual(await nodes.resolveTxt(name));
  });

  it("return all strings of a TXT record, and any bytes", async () => {
    const server = await serve();
    const strings = [Buffer.alloc(255, "a"), Buffer.of(0xc3, 0xa9, 0x00, 0xff), Buffer.alloc(0)];
    setTxt(server, NAME, strings);
    const [record] = await resolveTxt(NAME);
    expect(record?.map(({ length }) => length)).toEqual([255, 4, 0]);
    expect([record]).toEqual(await nodes.resolveTxt(NAME));
  });

  it.each([
    ["ENOTFOUND", NAME, "nxdomain"],
    ["ENODATA", NAME, "nodata"],
    ["ESERVFAIL", NAME, "servfail"],
    ["EREFUSED", NAME, "refused"],
    ["EBADNAME", "a..b", undefined],
    ["EBADNAME", `${"a".repeat(64)}.b`, undefined],
    ["ENOTFOUND", "", undefined],
    ["ENOTFOUND", ".", undefined],
    ["ENOTFOUND", "127.0.0.1", undefined],
  ] as const)("fail with %s", async (code, name, fault) => {
    const server = await serve();
    if (fault !== undefined) server.fault(fault);
    for (const method of ["resolveSrv", "resolveTxt"] as const) {
      const ours = { resolveSrv, resolveTxt }[method];
      const error = await errorOf(() => ours(name));
      expect(error).toEqual(await errorOf(() => nodes[method](name)));
      expect(error).toMatchObject({ code, ...(name !== "" && { hostname: name }) });
    }
  });

  it.each(["b\u{fc}cher.example", "a\n.example", "a b.example"])(
    "ask nothing for %j, which is no name",
    async (name) => {
      const server = await serve();
      await expect(resolveSrv(name)).rejects.toMatchObject({ code: "EBADNAME", hostname: name });
      expect(server.queries).toEqual([]);
    },
  );

  it("fail with ECONNREFUSED where no server listens", async () => {
    const server = await startDnsServer();
    await server.close();
    setServers(server.address);
    const error = await errorOf(() => resolveSrv(NAME));
    expect(error).toEqual(await errorOf(() => nodes.resolveSrv(NAME)));
    expect(error).toMatchObject({ code: "ECONNREFUSED" });
  });

  it("throw at once for a name that is no string", () => {
    for (const ours of [resolveSrv, resolveTxt]) {
      expect(() => ours(5 as never)).toThrow(
        expect.objectContaining({ name: "TypeError", code: "ERR_INVALID_ARG_TYPE" }),
      );
    }
  });
});

describe("where Node.js differs", () => {
  it("resolveSrv accepts compressed targets", async () => {
    const server = await serve();
    server.setSrv(NAME, { host: "redis-1.dev-ecs", port: 6379 });
    expect(await resolveSrv(NAME)).toMatchObject([{ name: "redis-1.dev-ecs" }]);
  });

  it("resolveSrv fails with ETIMEOUT after three tries, and says which server was silent", async () => {
    await using silent = await startRawServer(() => {});
    setServers(silent.address);
    await expect(resolveSrv(NAME)).rejects.toMatchObject({
      code: "ETIMEOUT",
      message: `querySrv ETIMEOUT ${NAME}`,
      cause: { message: `${silent.address}: no answer within 1000 ms` },
    });
    expect(silent.datagrams).toHaveLength(3);
  });

  it("one server that replies decides the code, and not a silent one", async () => {
    await using silent = await startRawServer(() => {});
    const server = await serve();
    server.fault("servfail");
    setServers(server.address, silent.address);
    await expect(resolveTxt(NAME)).rejects.toMatchObject({ code: "ESERVFAIL" });
  });

  it("an endless chain of aliases is EBADRESP", async () => {
    const server = await serve();
    setAlias(server, NAME, NAME);
    await expect(resolveSrv(NAME)).rejects.toMatchObject({ code: "EBADRESP" });
  });
});
