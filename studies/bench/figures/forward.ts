import { execFile } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { ask } from "../../../harness/ecs/programs/ask.ts";
import { freePort } from "../../../harness/ecs/programs/free-port.ts";
import { findFirstCommand, thisSystem } from "../../../harness/ecs/programs/operating-system.ts";
import { spawnWithParent } from "../../../harness/ecs/programs/spawn-with-parent.ts";
import { startRedis } from "../../../harness/ecs/programs/start-redis.ts";
import { until } from "../../../harness/plays/stage/until.ts";
import { NAME, startNetwork } from "../network.ts";
import { type Row, type Run, ratioRow } from "../rows.ts";
import { shuffled } from "../statistics.ts";

/** The command, as `npm run build` makes it. */
const SRV_DIALER = join(import.meta.dirname, "../../../runtime/dist/cjs/cli.js");

/** How redis-benchmark sends GET. The time of HAProxy is the base of each goal. */
const LOADS = [
  ["one connection", "-c 1 -n 10000", 1.4],
  ["fifty connections", "-c 50 -n 100000", 1.1],
  ["fifty connections, 16 GETs at a time", "-c 50 -P 16 -n 400000", 1.2],
] as const;
const TITLE = "srv-dialer forward / HAProxy, time of a GET, ";

/** `srv-dialer forward` beside a well-known proxy between redis-benchmark and Redis. */
export async function forward({ quick, signal }: Run): Promise<Row[]> {
  const haproxy = findFirstCommand(thisSystem(), ["haproxy", "/usr/sbin/haproxy"]);
  const benchmark = findFirstCommand(thisSystem(), ["redis-benchmark", "/usr/bin/redis-benchmark"]);
  if (haproxy === undefined || benchmark === undefined) {
    const detail = `${haproxy ? "redis-benchmark" : "haproxy"} is not installed`;
    const missing = { value: null, unit: "×", detail };
    return LOADS.map(([load, , most]) => ({ title: TITLE + load, goal: { most }, ...missing }));
  }
  await using redis = await startRedis();
  await using network = await startNetwork(signal);
  const record = { target: "127.0.0.1", port: redis.port, ttl: 60 };
  await network.dns.call("change", { srv: { [NAME]: record } });
  const ours = { port: await freePort(), times: [] as number[] };
  const base = { port: await freePort(), times: [] as number[] };
  const listen = ["--listen", `127.0.0.1:${ours.port}`];
  const servers = network.destination.servers.flatMap((server) => ["--server", server]);
  const file = join(redis.dir, "haproxy.cfg");
  writeFileSync(file, haproxySettings(base.port, redis.port));
  const children = [
    spawnWithParent(process.execPath, [SRV_DIALER, "forward", NAME, ...listen, ...servers]),
    spawnWithParent(haproxy, ["-db", "-f", file]),
  ];
  try {
    for (const { port } of [ours, base]) {
      const access = { host: "127.0.0.1", port, password: undefined, tls: false };
      const answers = () => ask(access, ["PING"]).then(Boolean, () => false);
      await until(`an answer through port ${port}`, answers, { signal });
    }
    const rows: Row[] = [];
    for (const [load, args, most] of LOADS) {
      for (const proxy of [ours, base]) proxy.times = [];
      for (let round = 0; round < (quick ? 1 : 7); round++) {
        for (const { port, times } of shuffled([ours, base])) {
          times.push(await timeOfGet(benchmark, `-p ${port} ${args}`, signal));
        }
      }
      rows.push(ratioRow(TITLE + load, [ours.times, base.times], { most }));
    }
    return rows;
  } finally {
    for (const child of children) child.kill("SIGKILL");
  }
}

/** One thread, as Node.js has. */
const haproxySettings = (port: number, redis: number): string => `
global
  nbthread 1
defaults
  mode tcp
  timeout connect 5s
  timeout client 60s
  timeout server 60s
listen redis
  bind 127.0.0.1:${port}
  server redis 127.0.0.1:${redis}
`;

/** @returns µs */
async function timeOfGet(path: string, args: string, signal: AbortSignal) {
  const command = ["-h", "127.0.0.1", "-t", "get", "--csv", ...args.split(" ")];
  const { stdout } = await promisify(execFile)(path, command, { signal });
  const [, perSecond] = /^"GET","([\d.]+)"/m.exec(stdout) ?? [];
  if (perSecond === undefined) throw new Error(`redis-benchmark printed no rate: ${stdout}`);
  return 1e6 / Number(perSecond);
}
