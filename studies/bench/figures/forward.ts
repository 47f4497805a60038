import { execFile } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import { freePort } from "../../../harness/ecs/programs/free-port.ts";
import { spawnWithParent } from "../../../harness/ecs/programs/spawn-with-parent.ts";
import { startRedis } from "../../../harness/ecs/programs/start-redis.ts";
import { ask } from "../../../harness/ecs/programs/ask.ts";
import type { Figure, FigureContext, FigureReport } from "../figure.ts";
import { NAME, startNetwork } from "../network.ts";
import { LOCATIONS, type OptionalProgram, pathOfProgram } from "../programs.ts";
import { quantile, spreadOf } from "../statistics.ts";

/** The command, as `npm run build` makes it. */
const SRV_DIALER = join(import.meta.dirname, "../../../runtime/dist/cjs/cli.js");

/** How redis-benchmark sends GET. The time of HAProxy is the base of each goal. */
const LOADS = [
  { title: "one connection", args: ["-c", "1"], requests: 10_000, most: 1.4 },
  { title: "fifty connections", args: ["-c", "50"], requests: 100_000, most: 1.1 },
  {
    title: "fifty connections, 16 GETs at a time",
    args: ["-c", "50", "-P", "16"],
    requests: 400_000,
    most: 1.2,
  },
];
const ROUNDS = 7;
/** ms */
const START_TIMEOUT = 10_000;
const POLL_INTERVAL = 50;

const PATHS = ["srv-dialer forward", "HAProxy, one thread", "no proxy"] as const;
type Path = (typeof PATHS)[number];

/** `srv-dialer forward` beside a well-known proxy between redis-benchmark and Redis. */
export const forwardFigure: Figure = { name: "forward", measure };

async function measure({ quick, signal }: FigureContext): Promise<readonly FigureReport[]> {
  const missing = (["haproxy", "redis-benchmark"] satisfies OptionalProgram[]).find(
    (name) => pathOfProgram(name) === undefined,
  );
  if (missing !== undefined) {
    const skipped = `${missing} is not installed: not on PATH, not at ${LOCATIONS[missing][1]}`;
    return LOADS.map(({ title }) => ({ name: "forward", title: titleOf(title), skipped }));
  }
  await using redis = await startRedis();
  await using network = await startNetwork(signal, () => ({
    srv: { [NAME]: [{ target: "127.0.0.1", port: redis.port, ttl: 60 }] },
  }));
  const ports: Record<Path, number> = {
    "no proxy": redis.port,
    "srv-dialer forward": await freePort("127.0.0.1"),
    "HAProxy, one thread": await freePort("127.0.0.1"),
  };
  const folder = mkdtempSync(join(tmpdir(), "bench-forward-"));
  const children = [
    spawnWithParent(process.execPath, [
      SRV_DIALER,
      "forward",
      NAME,
      "--listen",
      `127.0.0.1:${ports["srv-dialer forward"]}`,
      ...network.destination.servers.flatMap((server) => ["--server", server]),
    ]),
    spawnWithParent(pathOfProgram("haproxy") ?? "", [
      "-db",
      "-f",
      configuration(folder, ports["HAProxy, one thread"], redis.port),
    ]),
  ];
  try {
    for (const path of PATHS) await untilAnswers(ports[path], signal);
    const reports: FigureReport[] = [];
    for (const load of LOADS) reports.push(await compare(load, ports, quick ? 1 : ROUNDS, signal));
    return reports;
  } finally {
    for (const child of children) child.kill("SIGKILL");
    rmSync(folder, { recursive: true, force: true });
  }
}

const titleOf = (load: string): string => `srv-dialer forward / HAProxy, time of a GET, ${load}`;

async function compare(
  { title, args, requests, most }: (typeof LOADS)[number],
  ports: Record<Path, number>,
  rounds: number,
  signal: AbortSignal,
): Promise<FigureReport> {
  const times: Record<Path, number[]> = {
    "srv-dialer forward": [],
    "HAProxy, one thread": [],
    "no proxy": [],
  };
  for (let round = 0; round < rounds; round++) {
    for (const path of PATHS) {
      const rate = await benchmark([...args, "-n", String(requests)], ports[path], signal);
      times[path].push(1e6 / rate);
    }
  }
  // Of each round: what the machine does meanwhile slows both.
  const ratios = times["srv-dialer forward"].map(
    (time, round) => time / (times["HAProxy, one thread"][round] ?? Number.NaN),
  );
  return {
    name: "forward",
    title: titleOf(title),
    value: quantile(ratios, 0.5),
    spread: spreadOf(ratios),
    unit: "×",
    goal: { most },
    entries: PATHS.map((path) => ({
      contestant: `${path}, ${title}`,
      measured: spreadOf(times[path]),
      unit: "µs",
    })),
  };
}

/** Waits until Redis answers through a port. @throws after 10 s */
async function untilAnswers(port: number, signal: AbortSignal): Promise<void> {
  const until = Date.now() + START_TIMEOUT;
  const access = { host: "127.0.0.1", port, password: undefined, tls: false };
  for (;;) {
    try {
      await ask(access, ["PING"]);
      return;
    } catch (error) {
      if (Date.now() > until) throw error;
      await sleep(POLL_INTERVAL, undefined, { signal });
    }
  }
}

/** @returns GETs per second */
async function benchmark(args: readonly string[], port: number, signal: AbortSignal) {
  const command = ["-h", "127.0.0.1", "-p", String(port), "-t", "get", "--csv", ...args];
  const run = promisify(execFile)(pathOfProgram("redis-benchmark") ?? "", command, { signal });
  const { stdout } = await run;
  const [, rate = "NaN"] = /^"GET","([\d.]+)"/m.exec(stdout) ?? [];
  return Number(rate);
}

function configuration(folder: string, port: number, redis: number): string {
  const file = join(folder, "haproxy.cfg");
  const timeouts = ["connect 5s", "client 60s", "server 60s"].map((each) => `  timeout ${each}\n`);
  writeFileSync(
    file,
    `global
  nbthread 1
defaults
  mode tcp
${timeouts.join("")}listen redis
  bind 127.0.0.1:${port}
  server redis 127.0.0.1:${redis}
`,
  );
  return file;
}
