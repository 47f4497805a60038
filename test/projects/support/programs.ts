// Programs of users, in TypeScript and JavaScript. All connect to the Redis at REDIS_PORT.

const IMPORTS = `
import { once } from "node:events";
import { Redis } from "ioredis";
import { SrvDialError, type SrvDialer, createSrvDialer, dnsResolver } from "srv-dialer";
import { type SrvResolver, cloudMapResolver } from "srv-dialer/cloud-map";
import { srvAgent } from "srv-dialer/http";
import { SrvConnector, createRedis } from "srv-dialer/ioredis";
import { srvConnector } from "srv-dialer/iovalkey";
import { Valkey } from "iovalkey";
import { type SrvSocket, srvSocket } from "srv-dialer/socket";
import { type DnsServer, startDnsServer } from "srv-dialer/testing";
`;

/** The imports as \`import name = require("name")\`, which TypeScript has for CommonJS. */
const REQUIRES = IMPORTS.replace(/^import \{(.*)\} from (.*);$/gm, (_line, names: string, from) => {
  const module = String(from).replaceAll(/\W/g, "_");
  const aliases = names.split(",").map((name) => {
    const plain = name.trim();
    const type = /^type (\w+)/.exec(plain)?.[1];
    return type === undefined
      ? `import ${plain} = ${module}.${plain};`
      : `type ${type} = ${module}.${type};`;
  });
  return [`import ${module} = require(${from});`, ...aliases].join("\n");
});

const USE = `
async function use(): Promise<string> {
  const port = Number(process.env.REDIS_PORT);
  const host = "dev-redis.dev-ecs";
  const seen: string[] = [];
  const dns: DnsServer = await startDnsServer();
  dns.setSrv(host, { host: "redis.test", port });
  dns.setAddress("redis.test", "127.0.0.1");
  const resolver = dnsResolver({ servers: [dns.address] });

  const dialer: SrvDialer = createSrvDialer(host, { resolver });
  const connection = await dialer.connect();
  seen.push(connection.remotePort === port ? "dialed" : "wrong port");
  connection.destroy();
  dialer.close();

  dns.setSrv("closed.test", { host: "redis.test", port: 1 });
  try {
    await createSrvDialer("closed.test", { resolver }).connect();
  } catch (error) {
    const [attempt] = error instanceof SrvDialError ? error.attempts : [];
    seen.push(String((attempt?.error as NodeJS.ErrnoException | undefined)?.code));
  }

  const redis: Redis = createRedis("redis+srv://dev-redis.dev-ecs", {}, { resolver });
  seen.push(await redis.ping());
  redis.disconnect();
  new Redis({ host, Connector: SrvConnector, lazyConnect: true }).disconnect();
  new Valkey({ host, Connector: srvConnector({ resolver }), lazyConnect: true }).disconnect();

  const stream: SrvSocket = srvSocket(host, { resolver });
  stream.write("PING\\r\\n");
  const [reply] = (await once(stream, "data")) as [Buffer];
  seen.push(reply.toString().trim());
  stream.destroy();

  srvAgent({ resolver }).destroy();
  const cloudMap: SrvResolver = cloudMapResolver({ namespace: "dev-ecs" });
  seen.push(typeof cloudMap.resolve);
  await dns.close();

  try {
    createSrvDialer("");
  } catch (error) {
    if (error instanceof SrvDialError) seen.push(error.code);
  }
  return seen.join(" ") + "\\n";
}
`;

/** What `use` of a program gives. */
export const USED = "dialed ECONNREFUSED PONG +PONG function ERR_SRV_INVALID_ARG\n";

const MAIN = "void use().then((seen) => process.stdout.write(seen));\n";

/** Uses every entry. */
export const PROGRAM = `${IMPORTS}${USE}${MAIN}`;

/** The same for CommonJS files whose imports the compiler does not change. */
export const REQUIRING_PROGRAM = `${REQUIRES}${USE}${MAIN}`;

/** The same as a test file. @param runner the module that has `test` */
export function testFile(runner: string): string {
  return `
import { equal } from "node:assert/strict";
import { test } from "${runner}";
${IMPORTS}${USE}
test("every entry can be used", async () => {
  equal(await use(), ${JSON.stringify(USED)});
});
`;
}

/** An app that imports the package, and requires it in another of its files. */
export const MIXED = {
  "mixed.mjs": `
import { once } from "node:events";
import { SrvDialError, dnsResolver } from "srv-dialer";
import { srvSocket } from "srv-dialer/socket";
import { startDnsServer } from "srv-dialer/testing";
import required from "./required.cjs";

const host = "dev-redis.dev-ecs";
const dns = await startDnsServer();
dns.setSrv(host, { host: "redis.test", port: Number(process.env.REDIS_PORT) });
dns.setAddress("redis.test", "127.0.0.1");

// Calls with the same options share a cache.
const options = { resolver: dnsResolver({ servers: [dns.address] }) };
for (const open of [srvSocket, required.srvSocket]) {
  const stream = open(host, options);
  stream.write("PING\\r\\n");
  await once(stream, "data");
  stream.destroy();
}
const queries = dns.queries.filter(({ type }) => type === "SRV").length;
await dns.close();

try {
  required.createSrvDialer("");
} catch (error) {
  console.log(error instanceof SrvDialError ? "same class" : "other class", queries);
}
`,
  "required.cjs": `
exports.createSrvDialer = require("srv-dialer").createSrvDialer;
exports.srvSocket = require("srv-dialer/socket").srvSocket;
`,
};

/** What the mixed app prints: its second connection finds the cached answer of the first. */
export const SHARED = "same class 1\n";
