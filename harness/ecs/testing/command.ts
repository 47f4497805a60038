import { fstatSync } from "node:fs";
import { parseArgs } from "node:util";
import { invalid } from "../base/errors.ts";
import { startControl } from "./control.ts";
import { movingRedis } from "./moving-redis.ts";
import type { MovingRedisOptions } from "./options.ts";

export const HELP = `local-ecs moving-redis: a Redis that moves, for tests in any language

Prints one line of JSON when it is ready: url, name, dns, host, port, target, control, password (new for each run), and
caFile with --tls. POST to control + "/move", "/deploy", "/crash", "/lose", "/freeze", "/slow-load?ms=MS", "/outage?ms=MS",
"/demote" or "/restore". It ends with the program that started it, and when a pipe that is its standard input is closed.

  --tls          accept only TLS; caFile has its certificate
  --ttl SECONDS  of the DNS records and of negative answers; default: 1
  --port PORT    of the relay to where Redis is (host, port); default: any free port
  --same-port    Redis has the same port at every address, so that an A record is enough

Exit codes: 0 success, 1 failure, 2 wrong arguments.`;

/** How often it looks whether its parent has ended, in ms. */
const PARENT_INTERVAL = 500;

/** Runs until the parent or the standard input ends, or a signal comes. */
export async function runMovingRedis(args: readonly string[]): Promise<void> {
  const options = optionsOf(args);
  const end = endOfParent();
  const redis = await movingRedis(options);
  const control = await startControl(redis);
  const { url, name, dns, host, port, target, caFile } = redis;
  const { password } = redis.clientOptions;
  const line = { url, name, dns, host, port, target, control: control.url, password, caFile };
  process.stdout.write(`${JSON.stringify(line)}\n`);
  await end;
  control.close();
  await redis.close();
}

/** @throws HarnessError ERR_INVALID_ARG */
function optionsOf(args: readonly string[]): MovingRedisOptions {
  const { tls, ttl, port, "same-port": samePort } = parsed(args);
  return { tls, ttl: numberOf(ttl), port: numberOf(port), samePort };
}

function parsed(args: readonly string[]) {
  const options = {
    tls: { type: "boolean" },
    ttl: { type: "string" },
    port: { type: "string" },
    "same-port": { type: "boolean" },
  } as const;
  try {
    return parseArgs({ args: [...args], options }).values;
  } catch {
    const allowed = Object.keys(options).map((name) => `--${name}`);
    throw invalid(`wrong arguments; allowed: ${allowed.join(", ")}`);
  }
}

/** NaN for a word that is no number: the option's own check refuses it. */
const numberOf = (text: string | undefined): number | undefined =>
  text === undefined ? undefined : text.trim() === "" ? Number.NaN : Number(text);

/** Resolves when the program that started this one has ended or closed its pipe, and at SIGINT, SIGTERM and SIGHUP. */
function endOfParent(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.once(signal, resolve);
    // A program without input of its own gives /dev/null, which ends at once.
    const stdin = fstatSync(0);
    if (stdin.isFIFO() || stdin.isSocket()) {
      process.stdin.resume().once("close", resolve).once("error", resolve);
    }
    const parent = process.ppid;
    const look = setInterval(() => {
      if (process.ppid !== parent) resolve();
    }, PARENT_INTERVAL);
    look.unref();
  });
}
