import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { Readable } from "node:stream";
import { spawnWithParent } from "../../harness/ecs/programs/spawn-with-parent.ts";
import type { MovingRedis } from "../../harness/ecs/testing.ts";
import type { Way } from "./clients.ts";
import { serveNames } from "./name-service.ts";

const CLI = join(import.meta.dirname, "../../runtime/dist/cjs/cli.js");

/** What leads a client to Redis. */
interface Path extends AsyncDisposable {
  readonly env: { readonly HOST: string; readonly PORT: string };
  /** The program and its arguments, where it finds Redis. */
  command(command: readonly string[]): readonly string[];
}

/** @param place a number that no other open path has */
export async function pathTo(redis: MovingRedis, way: Way, place: number): Promise<Path> {
  if (way === "a") return pathByName(redis, place);
  if (way === "forward") return pathByForward(redis);
  const env = { HOST: redis.name, PORT: "6379" };
  return { env, command: (command) => command, [Symbol.asyncDispose]: async () => {} };
}

async function pathByName({ dns, name, target }: MovingRedis, place: number): Promise<Path> {
  const folder = mkdtempSync(join(tmpdir(), "clients-"));
  const names = await serveNames(dns, `127.53.${place}.1`, join(folder, "resolv.conf"));
  return {
    env: { HOST: name, PORT: String(target.port) },
    command: (command) => names.command(command),
    [Symbol.asyncDispose]: async () => {
      names.close();
      rmSync(folder, { recursive: true });
    },
  };
}

async function pathByForward({ dns, name }: MovingRedis): Promise<Path> {
  const args = [CLI, "forward", name, "--listen", "127.0.0.1:0", "--server", dns, "--redis"];
  const forward = spawnWithParent(process.execPath, args, { stdio: ["ignore", "pipe", "ignore"] });
  const port = await portIn(forward.stdout);
  return {
    env: { HOST: "127.0.0.1", PORT: port },
    command: (command) => command,
    [Symbol.asyncDispose]: async () => void forward.kill("SIGKILL"),
  };
}

async function portIn(output: NodeJS.ReadableStream | null): Promise<string> {
  for await (const line of createInterface(output ?? Readable.from([]))) {
    const port = /127\.0\.0\.1:(\d+)/.exec(line)?.[1];
    if (port !== undefined) {
      output?.resume();
      return port;
    }
  }
  throw new Error("srv-dialer forward printed no port");
}
