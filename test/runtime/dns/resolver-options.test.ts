import dgram from "node:dgram";
import { syncBuiltinESMExports } from "node:module";
import { describe, expect, it, vi } from "vitest";

import { type DnsResolverOptions, dnsResolver } from "../../../runtime/src/dns/resolver.ts";

describe("dnsResolver", () => {
  it.each([
    [{ servers: [] }, 'Invalid servers: got []; allowed: a list of "ip", "ip:port" or'],
    [{ servers: "10.0.0.2" }, "Invalid servers: got '10.0.0.2'; allowed: a list of"],
    [{ servers: ["a.b"] }, 'Invalid servers: got \'a.b\'; allowed: "ip", "ip:port" or'],
    [{ timeout: 0 }, "Invalid timeout: got 0; allowed: milliseconds from 1 to"],
    [{ tries: 0 }, "Invalid tries: got 0; allowed: an integer from 1 to 100"],
    [{ tries: 101 }, "Invalid tries: got 101; allowed: an integer from 1 to 100"],
    [{ retries: 1 }, "Unknown option retries (did you mean tries?); allowed: servers, timeout,"],
    [null, "Invalid options: got null; allowed: an object"],
  ])("refuses %j", (options, message) => {
    expect(() => dnsResolver(options as DnsResolverOptions)).toThrow(message);
  });

  it.each([
    [undefined],
    [{}],
    [{ servers: undefined, timeout: undefined, tries: undefined }],
    [{ servers: ["10.0.0.2", "[::1]:53"], timeout: 1, tries: 100 }],
  ])("accepts %j, and asks nothing yet", (options) => {
    const resolver = dnsResolver(options as DnsResolverOptions | undefined);
    expect(resolver).toEqual({ resolve: expect.any(Function), lookup: expect.any(Function) });
  });

  it("asks over UDP, and says why if it cannot", async () => {
    const createSocket = vi.spyOn(dgram, "createSocket").mockImplementation(() => {
      throw new Error("no more sockets");
    });
    syncBuiltinESMExports();
    try {
      const resolver = dnsResolver({ servers: ["10.0.0.2"], tries: 1 });
      await expect(resolver.resolve("a.b")).rejects.toThrow("no more sockets");
      expect(createSocket).toHaveBeenCalledWith(expect.objectContaining({ type: "udp4" }));
    } finally {
      createSocket.mockRestore();
      syncBuiltinESMExports();
    }
  });
});
