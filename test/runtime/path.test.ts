import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import { startNode } from "./support/installed.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));

/** Prints the files of the package in which a function ran during a dial whose answer is cached. */
const SCRIPT = `
  import { once } from "node:events";
  import { Session } from "node:inspector/promises";
  import { createServer } from "node:net";
  import { createSrvDialer } from "srv-dialer";

  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address();
  const target = { host: "a.example", port, priority: 1, weight: 1, ttl: 60 };
  const targets = [{ ...target, addresses: ["127.0.0.1"] }];
  const resolver = { resolve: async () => ({ targets, ttl: 60 }) };
  const dialer = createSrvDialer("dev-redis.dev-ecs", { resolver });
  (await dialer.connect()).destroy();

  const session = new Session();
  session.connect();
  await session.post("Profiler.enable");
  await session.post("Profiler.startPreciseCoverage", { callCount: true });
  (await dialer.connect()).destroy();
  const { result } = await session.post("Profiler.takePreciseCoverage");
  const ran = ({ functions }) => functions.some(({ ranges: [range] }) => range.count > 0);
  const files = result.filter(ran).map(({ url }) => /cjs\\/(.*)\\.js$/.exec(url)?.[1]);
  console.log(JSON.stringify(files.filter((file) => file !== undefined)));
  server.close();`;

it("a dial whose answer is cached passes the ten files that the page for readers names", async () => {
  const page = readFileSync(new URL("../../runtime/src/README.md", import.meta.url), "utf8");
  const named = Array.from(page.matchAll(/^\d+\. `(.*)\.ts`/gm), ([, name = ""]) => name);
  await using node = startNode(["--input-type=module", "-e", SCRIPT], {}, ROOT);
  const { stdout, stderr } = await node.outcome;
  expect(stderr).toBe("");
  expect(named).toHaveLength(10);
  expect((JSON.parse(stdout) as string[]).toSorted()).toEqual(named.toSorted());
});
