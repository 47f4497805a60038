// Compiles users' TypeScript with the package's types, with both major versions of ioredis.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { afterAll, describe, expect, it } from "vitest";

import { codeIn } from "../../support/markdown.ts";
import { docstringExamples } from "../support/examples.ts";
import { packagePages } from "../support/snippets.ts";
import { PATIENCE, snippetFiles, UserProjects } from "../support/user-projects.ts";

const ROOT = fileURLToPath(new URL("../../..", import.meta.url));
/** How many snippets the README of the repository and the pages of the package have. */
const SNIPPETS = 14;

const USE = `
import http from "node:http";
import https from "node:https";
import { Redis } from "ioredis";
import { createPool } from "mysql2/promise";
import pg from "pg";
import { Agent, Client, Pool } from "undici";
import { createSrvDialer, dnsResolver, orderTargets } from "srv-dialer";
import type { SrvDialError, SrvMessages, SrvResolver, SrvTarget } from "srv-dialer";
import { cloudMapResolver } from "srv-dialer/cloud-map";
import { SrvConnector, createRedis, srvConnector } from "srv-dialer/ioredis";
import { srvAgent, srvConnect } from "srv-dialer/http";
import { type SrvSocket, srvSocket } from "srv-dialer/socket";
import { type DnsServer, startDnsServer } from "srv-dialer/testing";

const host = "dev-redis.dev-ecs";
export const clients: Redis[] = [
  new Redis({ host, Connector: SrvConnector }),
  new Redis({ host, Connector: srvConnector({ verify: false, tls: { ca: "" } }), tls: {} }),
  createRedis("redis+srv://dev-redis.dev-ecs"),
  createRedis("rediss+srv://dev-redis.dev-ecs/1", { lazyConnect: true }, { cache: false }),
  createRedis("redis://localhost").duplicate(),
];

http.get({ host, agent: srvAgent({ names: ["*.dev-ecs"], agent: { maxSockets: 5 } }) });
https.get({ host, agent: srvAgent({ tls: { ca: "" } }) });
export const secure: https.Agent = srvAgent({ tls: true });
const connect = srvConnect({ tls: { ca: "" }, timeout: 1_000 });
export const dispatchers = [new Agent({ connect }), new Pool("http://a", { connect }), new Client("http://a", { connect })];
connect.close();

const stream = (): SrvSocket => srvSocket(host, { timeout: 1_000 });
export const pools = [new pg.Pool({ stream }), createPool({ stream })];
stream().setNoDelay().setKeepAlive(true, 1_000).setTimeout(1_000).ref().unref().connect();

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
  tls: { servername: "redis.example.com" },
  family: "both",
  wait: true,
  recheck: 5_000,
  verify: async (socket, { signal }) => socket.writable && !signal.aborted,
});
export const targets: Promise<SrvTarget[]> = dialer.resolve().then((all) => orderTargets(all));
export const seconds = ({ ttl }: SrvMessages["srv-dialer:resolve"]): number => ttl;
export const code = (error: SrvDialError): boolean => error.code === "ERR_SRV_NO_RECORDS";

// @ts-expect-error a timeout is a number
createSrvDialer(host, { timeout: "1s" });
// @ts-expect-error unknown option
srvConnector({ verfy: true });
// @ts-expect-error an option of undici's Agent
srvConnect({ keepAliveTimeout: 1 });
`;

const OLDEST = { ioredis: "ioredis5" };

/** Variants other than the newest peers and nodenext, which the snippets use. */
const PROJECTS = [
  { age: "oldest", peers: OLDEST, resolution: { module: "nodenext" } },
  { age: "newest", peers: {}, resolution: { module: "esnext", moduleResolution: "bundler" } },
];

/** Declarations that the snippets assume. */
const GIVEN = `
declare const url: string;
declare const password: string;
declare const redis: import("ioredis").Redis;
declare function send(): Promise<void>;
`;

const projects = new UserProjects();

afterAll(() => projects.remove());

describe("the types", () => {
  it.each(PROJECTS)(
    "fit a user's project with the $age peers and module $resolution.module, without a cast",
    async ({ peers, resolution }) => {
      expect(await projects.compile({ sources: { "use.ts": USE }, peers, resolution })).toBe("");
    },
    PATIENCE,
  );

  it(
    "fit it with the newest peers and nodenext, and every snippet of the pages and example of the docstrings",
    async () => {
      const snippets = ["README.md", ...packagePages()].flatMap((page) =>
        codeIn(readFileSync(join(ROOT, page), "utf8"), "ts"),
      );
      expect(snippets).toHaveLength(SNIPPETS);
      const examples = docstringExamples().map(({ code }) => code);
      expect(examples.length).toBeGreaterThan(10);
      const given = { "use.ts": USE, "given.d.ts": GIVEN };
      const sources = { ...snippetFiles([...snippets, ...examples]), ...given };
      expect(await projects.compile({ sources })).toBe("");
    },
    PATIENCE,
  );
});
