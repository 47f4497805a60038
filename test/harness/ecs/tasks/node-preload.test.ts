import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";
import { authorityFor } from "../../../../harness/ecs/discovery/dns-authority.ts";
import {
  RCODE,
  type DnsRecord,
  type DnsResponder,
} from "../../../../harness/ecs/discovery/dns-records.ts";
import { startDnsServer } from "../../../../harness/ecs/discovery/dns-server.ts";

const PRELOAD = fileURLToPath(
  new URL("../../../../harness/ecs/tasks/node-preload.mjs", import.meta.url),
);
const records: DnsRecord[] = [{ type: "A", name: "task.redis.ecs", ttl: 5, address: "127.3.4.5" }];

const answers = authorityFor(() => [{ name: "ecs", records: () => records }], 15);
const fails: DnsResponder = () => ({ rcode: RCODE.SERVFAIL, answers: [], authorities: [] });

/** The output of a Node.js program in a container. */
async function printed(program: string, respond: DnsResponder = answers): Promise<unknown> {
  const server = await startDnsServer(respond);
  const env = { LOCAL_ECS_DNS_SERVER: server.address, LOCAL_ECS_DNS_ZONES: "ecs" };
  const script = `${program}.then((value) => console.log(JSON.stringify(value ?? null)), (error) => console.log(JSON.stringify(error.code)))`;
  const words = ["--import", PRELOAD, "--input-type=module", "--eval", script];
  try {
    const { stdout } = await promisify(execFile)(process.execPath, words, { env, timeout: 10_000 });
    return JSON.parse(stdout);
  } finally {
    await server.close();
  }
}

const dns = 'import dns from "node:dns"; import promises from "node:dns/promises";';

describe("node-preload", () => {
  it.each([
    ["the default resolver", `${dns} dns.promises.resolve4("task.redis.ecs")`, ["127.3.4.5"]],
    ["a new resolver", `${dns} new promises.Resolver().resolve4("task.redis.ecs")`, ["127.3.4.5"]],
    [
      "a named import",
      'import { lookup } from "node:dns/promises"; lookup("task.redis.ecs")',
      { address: "127.3.4.5", family: 4 },
    ],
    [
      "a lookup of all addresses",
      `${dns} promises.lookup("Task.Redis.ECS.", { all: true })`,
      [{ address: "127.3.4.5", family: 4 }],
    ],
    [
      "a promisified lookup",
      `import { promisify } from "node:util"; ${dns} promisify(dns.lookup)("task.redis.ecs")`,
      { address: "127.3.4.5", family: 4 },
    ],
    [
      "a lookup with a callback",
      `${dns} new Promise((done) => dns.lookup("task.redis.ecs", (error, ...found) => done(found)))`,
      ["127.3.4.5", 4],
    ],
    ["a missing name", `${dns} promises.lookup("nobody.ecs")`, "ENOTFOUND"],
    [
      "names of the machine",
      `${dns} promises.lookup("localhost", { family: 4 })`,
      { address: "127.0.0.1", family: 4 },
    ],
  ])("gives %s the VPC's records", async (_what, program, value) => {
    expect(await printed(program)).toEqual(value);
  });

  it.each([
    ["missing name", "nobody.ecs", answers, "ENOTFOUND"],
    ["name without an address", "redis.ecs", answers, "ENOTFOUND"],
    ["resolver that fails", "task.redis.ecs", fails, "EAI_AGAIN"],
  ])("fails for a %s with the error of getaddrinfo", async (_what, name, respond, code) => {
    const fields = "[error.message, error.code, error.syscall, error.hostname]";
    const lookup = `${dns} new Promise((done) => dns.lookup("${name}", (error) => done(${fields})))`;
    expect(await printed(lookup, respond)).toEqual([
      `getaddrinfo ${code} ${name}`,
      code,
      "getaddrinfo",
      name,
    ]);
  });
});
