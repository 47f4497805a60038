import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";
import { tryPlatform } from "../../../../harness/ecs/machine/platform.ts";
import { besideInSandbox, inSandbox } from "../../../../harness/ecs/machine/sandbox.ts";

const programs = (argv: readonly string[]): string[] =>
  argv.filter((word) => /^\/\S+$/.test(word)).map((word) => word.replace(/.*\//, ""));

const full = {
  first: "init",
  readOnly: { folders: ["/srv"], rootExcept: undefined },
  ulimits: [{ name: "nofile", softLimit: 10, hardLimit: -1 }],
  user: { uid: 7, gid: 8 },
} as const;

describe("a sandbox", () => {
  it("leaves a program that needs nothing as it is", () => {
    expect(inSandbox(["redis-server", "--port", "1"], {})).toEqual(["redis-server", "--port", "1"]);
    expect(besideInSandbox(["true"], {}, undefined, "/")).toEqual(["true"]);
  });

  it("mounts, makes the namespace, limits, and only then takes the user and its init", () => {
    const argv = inSandbox(["true"], full);
    const namespace = ["unshare", "sh", "setpriv", "sh"];
    const order = ["unshare", "sh", ...namespace, "prlimit", "setpriv", "sh"];
    expect(programs(argv)).toEqual(order);
    expect(argv).toContain("read-only=/srv");
    expect(argv).toContain("--nofile=10:unlimited");
    expect(argv).toContain("--reuid=7");
    expect(argv.at(-1)).toBe("true");
  });

  it("has what runs beside the program in the same namespaces, limited, as the same user", () => {
    const argv = besideInSandbox(["true"], full, 4711, "/srv");
    expect(programs(argv)).toEqual(["nsenter", "prlimit", "setpriv"]);
    expect(argv).toContain("4711");
    expect(argv).toContain("--wd=/srv");
  });

  it("that a machine can give runs a program as it says", async () => {
    const platform = await tryPlatform({});
    const sandbox = {
      first: platform.pidNamespaces ? ("program" as const) : undefined,
      user: platform.users ? { uid: 7, gid: 8 } : undefined,
    };
    const [program = "", ...words] = inSandbox(["/bin/sh", "-c", "echo $$; id -u"], sandbox);
    const { stdout } = await promisify(execFile)(program, words);
    const [pid, uid] = stdout.split("\n");
    expect(pid === "1").toBe(platform.pidNamespaces);
    expect(uid).toBe(String(platform.users ? 7 : process.getuid?.()));
  });

  it("is not given where it is not wanted", async () => {
    const { users, pidNamespaces } = await tryPlatform({ users: false, pidNamespaces: false });
    expect([users, pidNamespaces]).toEqual([false, false]);
  });
});
