import { describe, expect, it } from "vitest";

import { createSrvDialer } from "../../../runtime/src/dialer/dialer.ts";
import { dnsResolver } from "../../../runtime/src/dns/resolver.ts";
import { listenTo } from "../support/channels.ts";
import { HOST, NAME, dnsTo, failureOf, portOf, startListener } from "../support/dialing.ts";

/** The listeners of these tests only have IPv4; the same port on ::1 refuses. */
const BOTH = ["::1", "127.0.0.1"];
/** ms; longer than the wait of IPv4 for IPv6. */
const LATE = 80;

describe("a dial of both IP versions", () => {
  it("also tries an IP version that is found late, if the other one refuses", async () => {
    await using server = await startListener();
    await using dns = await dnsTo(server.port);
    dns.setAddress(HOST, BOTH);
    dns.fault("delay", { type: "A", delay: LATE });
    const resolver = dnsResolver({ servers: [dns.address] });
    using attempts = listenTo("srv-dialer:attempt");
    for (let dial = 0; dial < 8; dial++) {
      attempts.length = 0;
      await expect(portOf(createSrvDialer(NAME, { resolver }).connect())).resolves.toBe(
        server.port,
      );
      expect(attempts.map(({ address }) => address)).toEqual(BOTH);
    }
  });

  it("fails with both if the late one refuses too", async () => {
    const server = await startListener();
    const { port } = server;
    await server.close();
    await using dns = await dnsTo(port);
    dns.setAddress(HOST, BOTH);
    dns.fault("delay", { type: "A", delay: LATE });
    const resolver = dnsResolver({ servers: [dns.address] });
    const error = await failureOf(createSrvDialer(NAME, { resolver }).connect());
    expect(error.code).toBe("ERR_SRV_CONNECT");
    // A machine without IPv6 has no ::1.
    const refused = { code: expect.stringMatching(/^ECONNREFUSED$|^EADDRNOTAVAIL$/) as string };
    expect(error.attempts).toMatchObject(
      BOTH.map((address) => ({ address, phase: "connect", error: refused })),
    );
  });

  it("dials the addresses in the answer immediately, and later those of the other IP version", async () => {
    await using server = await startListener();
    await using dns = await dnsTo();
    dns.setSrv(NAME, { host: HOST, port: server.port, addresses: ["::1"] });
    dns.setAddress(HOST, BOTH);
    dns.fault("delay", { type: "A", delay: LATE });
    const resolver = dnsResolver({ servers: [dns.address] });
    using attempts = listenTo("srv-dialer:attempt");
    await expect(portOf(createSrvDialer(NAME, { resolver }).connect())).resolves.toBe(server.port);
    expect(attempts.map(({ address }) => address)).toEqual(BOTH);
    // A slow machine may ask for the records again meanwhile.
    expect(new Set(dns.queries.map(({ type }) => type))).toEqual(new Set(["SRV", "A"]));
  });

  it("ignores the failed lookup of an IP version if the other one has addresses", async () => {
    await using server = await startListener();
    await using dns = await dnsTo(server.port);
    dns.fault("servfail", { type: "AAAA" });
    const resolver = dnsResolver({ servers: [dns.address] });
    await expect(portOf(createSrvDialer(NAME, { resolver }).connect())).resolves.toBe(server.port);
  });
});
