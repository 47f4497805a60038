import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { startDnsServer } from "../../../runtime/src/testing.ts";
import { type Installation, install } from "../support/installed.ts";
import { runHere } from "../support/run-here.ts";

const NAME = "dev-redis.dev-ecs";

let cli: Installation;

beforeAll(() => {
  cli = install();
});

afterAll(() => {
  cli[Symbol.dispose]();
});

describe("srv-dialer lookup", () => {
  it("prints the records in dial order with their addresses", async () => {
    await using dns = await startDnsServer();
    dns.setSrv(NAME, [
      { host: "second.dev-ecs", port: 32_769, priority: 2, weight: 7, ttl: 60 },
      { host: "first.dev-ecs", port: 32_768, priority: 1, ttl: 5 },
    ]);
    dns.setAddress("first.dev-ecs", ["10.0.1.7", "fd00::7"]);
    dns.setAddress("second.dev-ecs", "10.0.2.7");

    const { code, stdout, stderr } = await cli.run(["lookup", NAME, "--server", dns.address]);

    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout).toMatch(
      new RegExp(
        [
          "^PRIORITY  WEIGHT  PORT   TTL  HOST            ADDRESSES",
          "1         0       32768  5    first.dev-ecs   (?:fd00::7, 10.0.1.7|10.0.1.7, fd00::7)",
          "2         7       32769  60   second.dev-ecs  10.0.2.7\n$",
        ].join("\n"),
      ),
    );
  });

  it("prints the same as JSON, including addresses of the additional section", async () => {
    await using dns = await startDnsServer();
    dns.setSrv(NAME, { host: "a1.dev-ecs", port: 32_768, addresses: ["10.0.1.7"], ttl: 5 });

    const { code, stdout } = await runHere(["lookup", NAME, "--json", "--server", dns.address]);

    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toEqual([
      { priority: 0, weight: 0, port: 32_768, host: "a1.dev-ecs", ttl: 5, addresses: ["10.0.1.7"] },
    ]);
    // They may lack a family, which is then looked up, as in a dial.
    expect(dns.queries.map(({ type }) => type)).toEqual(["SRV", "AAAA"]);
  });

  it("looks up the IP version that the additional section is missing, and prints the rest if that fails", async () => {
    await using dns = await startDnsServer();
    dns.setSrv(NAME, { host: "a1.dev-ecs", port: 32_768, addresses: ["10.0.1.7"] });
    dns.setAddress("a1.dev-ecs", "fd00::7");
    const args = ["lookup", NAME, "--json", "--server", dns.address];

    const both = await runHere(args);
    dns.fault("servfail", { type: "AAAA" });
    const one = await runHere(args);

    expect(JSON.parse(both.stdout)).toMatchObject([{ addresses: ["fd00::7", "10.0.1.7"] }]);
    expect(JSON.parse(one.stdout)).toMatchObject([{ addresses: ["10.0.1.7"] }]);
    expect(one).toMatchObject({ code: 0, stderr: "" });
  });

  it("escapes unprintable characters in a name, in the table and in JSON", async () => {
    await using dns = await startDnsServer();
    dns.setSrv(NAME, { host: "a----b.dev-ecs", port: 32_768, addresses: ["10.0.1.7"] });
    // A line end, and two characters that begin an escape sequence, the second in UTF-8.
    dns.fault(({ answer, send }) => {
      for (let at = answer.indexOf("a----b"); at !== -1; at = answer.indexOf("a----b")) {
        answer.set([0x0a, 0x1b, 0xc2, 0x9b], at + 1);
      }
      send(answer);
    });

    const table = await runHere(["lookup", NAME, "--server", dns.address]);
    const json = await runHere(["lookup", NAME, "--json", "--server", dns.address]);

    const host = String.raw`a\010\027\194\155b.dev-ecs`;
    expect(table.stdout.split("\n")).toHaveLength(3);
    expect(table.stdout).toMatch(/^[\x20-\x7e\n]+$/);
    expect(table.stdout).toContain(`  ${host}  10.0.1.7\n`);
    expect(json.stdout).toMatch(/^[\x20-\x7e\n]+$/);
    expect(JSON.parse(json.stdout)).toMatchObject([{ host, addresses: ["10.0.1.7"] }]);
  });

  it("also prints a target without address, and says why on stderr", async () => {
    await using dns = await startDnsServer();
    dns.setSrv(NAME, { host: "gone.dev-ecs", port: 32_768 });

    const { code, stdout, stderr } = await runHere(["lookup", NAME, "--server", dns.address]);

    expect(code).toBe(0);
    expect(stdout).toMatch(/gone\.dev-ecs {2}-\n$/);
    expect(stderr).toBe("No address of gone.dev-ecs:32768: it has no address\n");
  });

  it("exits 1 with ERR_SRV_NO_RECORDS if there are none, and says which server answered, and how", async () => {
    await using dns = await startDnsServer();
    dns.setSrv("empty.dev-ecs", []);

    const missing = await cli.run(["lookup", NAME, "--server", dns.address]);
    const empty = await runHere(["lookup", "empty.dev-ecs", "--server", dns.address]);

    const reason = "has no SRV records: the DNS server";
    expect(missing).toEqual({
      code: 1,
      stdout: "",
      stderr: `srv-dialer lookup: ERR_SRV_NO_RECORDS: ${NAME} ${reason} ${dns.address} answered NXDOMAIN (there is no such name)\n`,
    });
    expect(empty).toEqual({
      code: 1,
      stdout: "",
      stderr: `srv-dialer lookup: ERR_SRV_NO_RECORDS: empty.dev-ecs ${reason} ${dns.address} gave an answer without them (the name exists)\n`,
    });
  });

  it("exits 1 with ERR_SRV_TIMEOUT when the server is silent for too long", async () => {
    await using dns = await startDnsServer();
    dns.fault("drop");

    const args = ["lookup", NAME, "--timeout", "200", "--server", dns.address];
    const { code, stderr } = await cli.run(args);

    expect(code).toBe(1);
    expect(stderr).toContain(`ERR_SRV_TIMEOUT: Resolving ${NAME} not done within 200 ms`);
  });

  it.each([
    [["lookup"], "give one NAME and nothing else"],
    [["lookup", "a.b", "c.d"], "give one NAME and nothing else"],
    [["lookup", "10.0.1.7"], "Invalid NAME; allowed: a name with SRV records, not an IP address"],
    [["lookup", "redis://a.b"], "Invalid NAME; allowed: labels of letters"],
    [["lookup", "a.b", "--server", "dns.example"], "Invalid --server; allowed: IP, IP:PORT or"],
    [["lookup", "a.b", "--timeout", "0"], "Invalid --timeout; allowed: milliseconds from 1"],
    [["lookup", "a.b", "--timeout", "1s"], "Invalid --timeout; allowed: milliseconds from 1"],
    [["lookup", "a.b", "--timeout"], "Option '--timeout <value>' argument missing"],
  ])("exits 2 for %j", async (args, message) => {
    const { code, stdout, stderr } = await runHere(args);
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toContain(message);
  });
});
