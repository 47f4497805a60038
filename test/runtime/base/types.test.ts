// What a user's own TypeScript makes of the package's types, next to either major of ioredis.
import { execFile } from "node:child_process";
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { unpackPackage } from "../support/packed.ts";

const ROOT = fileURLToPath(new URL("../../..", import.meta.url));
const MODULES = join(ROOT, "node_modules");
const PATIENCE = 60_000;
/** Of the README. One that is not found would not be checked. */
const SNIPPETS = 7;

const USE = `
import { Redis } from "ioredis";
import { createSrvDialer, dnsResolver, orderTargets } from "srv-dialer";
import type { SrvDialError, SrvResolver, SrvTarget } from "srv-dialer";
import { cloudMapResolver } from "srv-dialer/cloud-map";
import { SrvConnector, createRedis, srvConnector } from "srv-dialer/ioredis";
import { type DnsServer, startDnsServer } from "srv-dialer/testing";

const host = "dev-redis.dev-ecs";
export const clients: Redis[] = [
  new Redis({ host, Connector: SrvConnector }),
  new Redis({ host, Connector: srvConnector({ verify: false, tls: { ca: "" } }), tls: {} }),
  createRedis("redis+srv://dev-redis.dev-ecs"),
  createRedis("rediss+srv://dev-redis.dev-ecs/1", { lazyConnect: true }, { cache: false }),
  createRedis("redis://localhost").duplicate(),
];

export const own: SrvResolver = {
  resolve: async (name, { signal }) => {
    signal.throwIfAborted();
    return { targets: [{ host: name, port: 1, priority: 0, weight: 0, ttl: 5 }], ttl: 5 };
  },
};
export const discovery: SrvResolver = cloudMapResolver({ namespace: "dev-ecs" });
export const server: Promise<DnsServer> = startDnsServer({ port: 0 });
const dialer = createSrvDialer(host, {
  resolver: [dnsResolver({ servers: ["10.0.0.2:53"] }), discovery, own],
  servername: "redis.example.com",
  family: "both",
});
export const targets: Promise<SrvTarget[]> = dialer.resolve().then((all) => orderTargets(all));
export const code = (error: SrvDialError): boolean => error.code === "ERR_SRV_NO_RECORDS";

// @ts-expect-error a timeout is a number
createSrvDialer(host, { timeout: "1s" });
// @ts-expect-error there is no such option
srvConnector({ verfy: true });
`;

const OPTIONS = {
  target: "es2023",
  lib: ["es2023"],
  types: ["node"],
  strict: true,
  exactOptionalPropertyTypes: true,
  noEmit: true,
};

let folder: string;

async function tsc(args: readonly string[], cwd: string): Promise<string> {
  const compiler = join(MODULES, "typescript/bin/tsc");
  const run = promisify(execFile)(process.execPath, [compiler, ...args], {
    cwd,
    timeout: PATIENCE,
  });
  // The compiler tells its errors on stdout, and then exits with 1.
  const { stdout } = await run.catch((error: { stdout: string; message: string }) => ({
    stdout: error.stdout === "" ? error.message : error.stdout,
  }));
  return stdout;
}

/** How users' compilers resolve modules: Node's old and new way, and a bundler's. */
const RESOLUTIONS = [
  { module: "nodenext" },
  { module: "node16" },
  { module: "esnext", moduleResolution: "bundler" },
];

/** What the README's snippets take as given. */
const GIVEN = `
declare const url: string;
declare const password: string;
declare const redis: import("ioredis").Redis;
declare function send(): Promise<void>;
`;

/** The README's snippets in TypeScript, by file name. */
function snippets(): Record<string, string> {
  const readme = readFileSync(join(ROOT, "runtime/README.md"), "utf8");
  const blocks = Array.from(readme.matchAll(/^```ts\n(.*?)^```/gms), ([, block = ""]) => block);
  // Each is a module, whether it imports something or not.
  return Object.fromEntries(
    blocks.map((block, at) => [`snippet-${at}.ts`, `${block}export {};\n`]),
  );
}

/** A user's project beside the package's types, and an ioredis. */
function project(ioredis: string, resolution: object, sources: Record<string, string>): string {
  const home = mkdtempSync(join(folder, "project-"));
  const modules = join(home, "node_modules");
  mkdirSync(join(modules, "@types"), { recursive: true });
  cpSync(join(folder, "srv-dialer"), join(modules, "srv-dialer"), { recursive: true });
  symlinkSync(join(MODULES, ioredis), join(modules, "ioredis"));
  for (const name of ["@types/node", "@aws-sdk", "bullmq"]) {
    symlinkSync(join(MODULES, name), join(modules, name));
  }
  writeFileSync(join(home, "package.json"), '{ "type": "module" }');
  for (const [name, text] of Object.entries(sources)) writeFileSync(join(home, name), text);
  const files = Object.keys(sources);
  const config = { compilerOptions: { ...OPTIONS, ...resolution }, files };
  writeFileSync(join(home, "tsconfig.json"), JSON.stringify(config));
  return home;
}

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "srv-dialer-types-"));
  await unpackPackage(join(folder, "srv-dialer"));
}, PATIENCE);

afterAll(() => {
  rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
});

describe("the types", () => {
  it.each(
    RESOLUTIONS.flatMap((resolution) => [
      { major: 5, ioredis: "ioredis5", resolution },
      { major: 6, ioredis: "ioredis", resolution },
    ]),
  )(
    "fit a user's project with ioredis $major and module $resolution.module, without a cast",
    async ({ ioredis, resolution }) => {
      expect(await tsc(["-p", "."], project(ioredis, resolution, { "use.ts": USE }))).toBe("");
    },
    PATIENCE,
  );

  it(
    "fit every snippet of the README",
    async () => {
      const sources = snippets();
      expect(Object.keys(sources)).toHaveLength(SNIPPETS);
      const home = project("ioredis", { module: "nodenext" }, { ...sources, "given.d.ts": GIVEN });
      expect(await tsc(["-p", "."], home)).toBe("");
    },
    PATIENCE,
  );
});
