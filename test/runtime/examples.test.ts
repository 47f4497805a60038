// Runs the examples of the package's docstrings unchanged, with real servers.
import { once } from "node:events";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { Worker } from "node:worker_threads";

import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { type Redis, startRedis } from "../../harness/ecs/programs/start-redis.ts";
import type { DnsServer } from "../../runtime/src/testing.ts";
import { dnsTo, HOST } from "./support/dialing.ts";
import { type Example, docstringExamples } from "./support/examples.ts";
import { startWeb, type WebServer } from "./support/http-servers.ts";

const MODULES = join(import.meta.dirname, "../../node_modules");
const examples = docstringExamples();

let folder: string;
let servers: { redis: Redis; web: WebServer; dns: DnsServer };

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "srv-dialer-examples-"));
  symlinkSync(MODULES, join(folder, "node_modules"));
  const [redis, web] = await Promise.all([startRedis(), startWeb()]);
  const dns = await dnsTo();
  dns.setSrv("dev-redis.dev-ecs", { host: HOST, port: redis.port });
  dns.setSrv("search.dev-ecs", { host: HOST, port: web.port });
  servers = { redis, web, dns };
});

afterAll(async () => {
  const { redis, web, dns } = servers;
  await Promise.all([redis, web, dns].map((server) => server[Symbol.asyncDispose]()));
  rmSync(folder, { recursive: true, force: true });
});

/** As on ECS; the AWS SDK need not say that it will leave this version of Node.js. */
const ON_ECS = {
  AWS_REGION: "eu-central-1",
  AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: "true",
};

/** Runs an example until it exits, in a thread with the test's DNS server. */
async function run({ name, code }: Example): Promise<{ code: number; output: string }> {
  const home = join(folder, String(examples.findIndex((each) => each.name === name)));
  mkdirSync(home);
  const dns = `import { setServers } from "node:dns";\nsetServers(["${servers.dns.address}"]);\n`;
  writeFileSync(join(home, "dns.mjs"), dns);
  writeFileSync(join(home, "example.mjs"), `import "./dns.mjs";\n${code}`);
  const worker = new Worker(join(home, "example.mjs"), {
    stdout: true,
    stderr: true,
    execArgv: [],
    env: { ...process.env, ...ON_ECS },
  });
  const [[exitCode], output, errors] = await Promise.all([
    once(worker, "exit") as Promise<[number]>,
    text(worker.stdout),
    text(worker.stderr),
  ]);
  return { code: exitCode, output: (output + errors).trim() };
}

/** The output of each example. */
const PRINTS: Readonly<Record<string, () => string>> = {
  SrvDialError: () => "ERR_SRV_NO_RECORDS 0",
  createSrvDialer: () => String(servers.redis.port),
  dnsResolver: () => "1 10",
  orderTargets: () => "[ 1, 2 ]",
  createRedis: () => "PONG",
  srvConnector: () => "PONG",
  srvAgent: () => "200",
  srvConnect: () => `200 ${servers.web.port} search.dev-ecs`,
  srvSocket: () => "+PONG",
  cloudMapResolver: () => String(servers.redis.port),
  startDnsServer: () => "6379",
};

describe("the examples of the docstrings", () => {
  it("are the ones that are run", () => {
    expect(examples.map(({ name }) => name).toSorted()).toEqual(Object.keys(PRINTS).toSorted());
  });

  it.each(examples)("$name prints the expected output, and ends", async (example) => {
    expect(await run(example)).toEqual({ code: 0, output: PRINTS[example.name]?.() });
  });
});
