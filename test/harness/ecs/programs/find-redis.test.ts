import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { describe, expect, it } from "vitest";

import { DEBIAN, fakeSystem } from "../../../support/fake-system.ts";
import { thisSystem } from "../../../../harness/ecs/programs/operating-system.ts";
import { findProgram, type Program } from "../../../../harness/ecs/programs/find-program.ts";
import { findRedisServer } from "../../../../harness/ecs/programs/find-redis.ts";

const UBUNTU = 'NAME="Ubuntu"\nID=ubuntu\nID_LIKE=debian\n';

describe("findRedisServer on a machine with Redis", () => {
  it("finds redis-server on PATH", async () => {
    const machine = fakeSystem(["/usr/bin/redis-server", "/usr/bin/valkey-server"]);
    await expect(findRedisServer(machine)).resolves.toBe("/usr/bin/redis-server");
    expect(machine.said).toEqual([]);
  });

  it.each(["/opt/redis-8/redis-server", "keydb-server"])(
    "prefers REDIS_SERVER: %s",
    async (REDIS_SERVER) => {
      const files = ["/opt/redis-8/redis-server", "/usr/bin/keydb-server", "/usr/bin/redis-server"];
      const env = { PATH: "/usr/bin", REDIS_SERVER };
      const path = REDIS_SERVER.includes("/") ? REDIS_SERVER : `/usr/bin/${REDIS_SERVER}`;
      await expect(findRedisServer(fakeSystem(files, { env }))).resolves.toBe(path);
    },
  );

  it("refuses a REDIS_SERVER that is not executable", async () => {
    const env = { PATH: "/usr/bin", REDIS_SERVER: "/opt/gone" };
    const machine = fakeSystem(["/usr/bin/redis-server"], { env });
    await expect(findRedisServer(machine)).rejects.toThrow(
      'REDIS_SERVER is "/opt/gone", which is not an executable file',
    );
  });
});

describe("findRedisServer on a machine without Redis", () => {
  it.each([DEBIAN, UBUNTU])(
    "installs it as root, prints a line, and starts no service",
    async (osRelease) => {
      const machine = fakeSystem(["/usr/bin/apt-get"], { osRelease });
      await expect(findRedisServer(machine)).resolves.toBe("/usr/bin/redis-server");
      expect(machine.said).toEqual([expect.stringContaining("installing it with apt-get")]);
      expect(machine.commands).toEqual([
        "apt-get -o DPkg::Lock::Timeout=120 update (no services)",
        "apt-get -o DPkg::Lock::Timeout=120 install -y --no-install-recommends redis-server (no services)",
      ]);
      expect(machine.files).not.toContain("/usr/sbin/policy-rc.d");
    },
  );

  it.each([
    ["no root", { isRoot: false }, "sudo apt-get install -y redis-server"],
    ["no apt-get", {}, "apt-get install -y redis-server"],
    ["Fedora", { osRelease: "ID=fedora\n" }, "dnf install -y valkey"],
    ["macOS", { platform: "darwin", osRelease: "" }, "brew install redis"],
    ["no known system", { osRelease: "" }, "your package manager's install of redis or valkey"],
  ])("throws with the command to run: %s", async (reason, given, command) => {
    const files = reason === "no apt-get" ? [] : ["/usr/bin/apt-get"];
    const machine = fakeSystem(files, given);
    await expect(findRedisServer(machine)).rejects.toThrow(
      "A real Redis is needed, and neither redis-server nor valkey-server is on PATH. " +
        `Run: ${command} (or set REDIS_SERVER to the path of a redis-server).`,
    );
    expect(machine.commands).toEqual([]);
  });

  it("reports why the installation failed, and removes the policy", async () => {
    const reason = "Command failed: apt-get update\nE: Could not resolve 'deb.debian.org'";
    const run = (): Promise<void> => Promise.reject(new Error(reason));
    const machine = fakeSystem(["/usr/bin/apt-get"], { run });
    await expect(findRedisServer(machine)).rejects.toThrow(
      "Installing redis-server failed: E: Could not resolve 'deb.debian.org'. A real Redis",
    );
    expect(machine.files).not.toContain("/usr/sbin/policy-rc.d");
  });
});

describe("findProgram", () => {
  const program: Program = {
    title: "PostgreSQL",
    variable: "POSTGRES",
    commands: ["postgres"],
    folders: ["/opt/pg", "/usr/lib/postgresql/*/bin"],
    debian: { package: "postgresql", unavailableIn: [] },
    installCommands: {},
    otherwise: { darwin: "brew install postgresql", unknown: "install it" },
  };
  const oldAndNew = ["9.6", "15"].map((version) => `/usr/lib/postgresql/${version}/bin/postgres`);

  it("searches the folders after PATH, the highest version first", async () => {
    await expect(findProgram(program, fakeSystem(oldAndNew))).resolves.toBe(oldAndNew[1]);
    const own = fakeSystem([...oldAndNew, "/opt/pg/postgres"]);
    await expect(findProgram(program, own)).resolves.toBe("/opt/pg/postgres");
  });
});

describe("this machine", () => {
  it("writes a script once, keeps an existing one, and removes only its own", () => {
    const folder = mkdtempSync(join(tmpdir(), "machine-"));
    const path = join(folder, "policy");
    try {
      const { putScript, isExecutable } = thisSystem();
      const remove = putScript(path, "first");
      const removeNothing = putScript(path, "second");
      removeNothing();
      expect(readFileSync(path, "utf8")).toBe("first");
      expect(isExecutable(path)).toBe(true);
      remove();
      expect(isExecutable(path)).toBe(false);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
