import { execFile } from "node:child_process";
import { chmod, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";
import { writePrograms } from "../../../../harness/ecs/tasks/container-program.ts";
import { redisImage } from "../../../../harness/ecs/tasks/redis-image.ts";

const run = promisify(execFile);

/** An image whose server and client print their arguments. */
async function withImage(
  use: (call: (program: string, ...words: string[]) => Promise<string>) => Promise<void>,
  keyLoadDelayMicros?: number,
): Promise<void> {
  const folder = await mkdtemp(path.join(tmpdir(), "redis image's test-"));
  try {
    for (const name of ["my-server", "my-cli"]) {
      const file = path.join(folder, name);
      await writeFile(file, `#!/bin/sh\necho ${name} "$@"\n`);
      await chmod(file, 0o755);
    }
    const ports = [{ containerPort: 6379, listenPort: 40_001 }];
    const place = { container: "redis", address: "127.9.9.9", ports, keyLoadDelayMicros };
    const image = redisImage({ server: path.join(folder, "my-server") });
    const bin = path.join(folder, "bin");
    await writePrograms(bin, image.programs?.(place) ?? {});
    await use(async (program, ...words) => {
      const env = { PATH: `${bin}:/usr/bin:/bin` };
      return (await run(path.join(bin, program), words, { env })).stdout.trim();
    });
  } finally {
    await rm(folder, { recursive: true });
  }
}

const LISTEN = "--bind 127.9.9.9 --port 40001 --protected-mode no";

describe("redisImage", () => {
  it("starts the server on the host's address and port, after all other arguments", async () => {
    await withImage(async (call) => {
      expect(await call("redis-server", "--dir", "/d")).toBe(`my-server --dir /d ${LISTEN}`);
      expect(await call("redis-server", "--version")).toBe("my-server --version");
    });
  });

  it("has the entry point of the official image", async () => {
    await withImage(async (call) => {
      expect(await call("docker-entrypoint.sh", "--appendonly", "yes")).toBe(
        `my-server --appendonly yes ${LISTEN}`,
      );
      expect(await call("docker-entrypoint.sh", "r.conf")).toBe(`my-server r.conf ${LISTEN}`);
      expect(await call("docker-entrypoint.sh", "sh", "-c", "echo $0 x")).toBe("sh x");
    });
  });

  it.each([
    [["ping"], "ping"],
    [["-h", "localhost", "-p", "6379", "ping"], "-h 127.9.9.9 -p 40001 ping"],
    [["-h", "other", "-a", "p w", "ping"], "-h other -a p w ping"],
  ])("connects a client with the arguments %j to the server", async (words, passed) => {
    await withImage(async (call) => {
      expect(await call("redis-cli", ...words)).toBe(`my-cli -h 127.9.9.9 -p 40001 ${passed}`);
    });
  });

  it("slows down loading while storage is slow", async () => {
    await withImage(async (call) => {
      expect(await call("redis-server")).toContain("--key-load-delay 250 ");
    }, 250);
  });

  it("says how to install a missing server", () => {
    expect(() => redisImage({ server: "/nowhere/redis-server" })).toThrow(
      "REDIS_SERVER=/nowhere/redis-server is not executable; on Debian or Ubuntu: apt-get install redis-server",
    );
  });
});
