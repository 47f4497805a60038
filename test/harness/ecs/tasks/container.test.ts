import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";
import type { Run } from "../fixture/local.ts";
import { shared, shell, withTask, type TaskOptions } from "../fixture/task.ts";
import type { Platform } from "../../../../harness/ecs/machine/platform.ts";
import type { TaskState } from "../../../../harness/ecs/base/state.ts";

/** Runs a container to its end; what it wrote, and what this machine can give. */
async function wrote(
  containers: readonly object[],
  name: string,
  options: TaskOptions = {},
): Promise<{ lines: string[]; platform: Platform; dnsServer: string }> {
  const result: { lines: string[]; platform?: Platform; dnsServer: string } = {
    lines: [],
    dnsServer: "",
  };
  await withTask(
    containers,
    async ({ ecs }: Run, task: () => TaskState) => {
      await expect.poll(() => task().status, { interval: 10 }).toBe("STOPPED");
      result.lines = (await ecs.log(task().id, name)).trim().split("\n");
      result.platform = ecs.platform;
      result.dnsServer = ecs.dnsServer;
    },
    options,
  );
  const { platform } = result;
  if (!platform) throw new Error("it ran");
  return { ...result, platform };
}

const own = `${process.getuid?.()}:${process.getgid?.()}`;
const whoAmI = 'echo "$(id -u):$(id -g)"';
const nothing: Platform = {
  pidNamespaces: false,
  readOnly: false,
  users: false,
  ulimits: false,
  resolvConf: false,
};

const attempt = (path: string, name: string): string =>
  `if touch ${path} 2>/dev/null; then echo ${name} written; else echo ${name} refused; fi`;

const storage = (owner: number): object => ({
  root_directory: {
    path: "/redis",
    creation_info: { owner_uid: owner, owner_gid: owner, permissions: "0700" },
  },
});

describe("a container's user", () => {
  it("runs its program, and owns its home and a volume made for it", async () => {
    const script = `${whoAmI}; touch "$HOME/file" /shared/file && echo written >> /dev/stdout`;
    const main = { name: "main", user: "1234:5678", ...shared, ...shell(script) };
    const { lines, platform } = await wrote([main], "main");
    expect(lines).toEqual([platform.users ? "1234:5678" : own, "written"]);
  });

  it("runs its health checks", async () => {
    const command = ["CMD-SHELL", 'id -u >> "$HOME/checks"'];
    const main = {
      name: "main",
      user: "1234",
      healthCheck: { command, interval: 5 },
      ...shell('until test -s "$HOME/checks"; do sleep 0.1; done; cat "$HOME/checks"'),
    };
    const { lines, platform } = await wrote([main], "main");
    expect(lines).toEqual([platform.users ? "1234" : String(process.getuid?.())]);
  }, 20_000);

  it("is the image's unless the task definition names one, and goes by the image's names", async () => {
    const image = { user: "node", users: { node: "1000:1001", redis: "999:998" } };
    const containers = [
      { name: "main", ...shell(`${whoAmI}; sleep 0.2`) },
      { name: "other", essential: false, user: "redis", ...shell(whoAmI) },
    ];
    const { lines, platform } = await wrote(containers, "main", { image });
    expect(lines).toEqual([platform.users ? "1000:1001" : own]);
    const other = await wrote(containers.toReversed(), "other", { image });
    expect(other.lines).toEqual([platform.users ? "999:998" : own]);
  });

  it("reads what an image's files are here, no matter who owns them", async () => {
    const main = { name: "main", user: "1234", ...shell('test -r "$HOME/../.." && echo readable') };
    const { lines } = await wrote([main], "main");
    expect(lines).toEqual(["readable"]);
  });

  it("may not write to the directory of an access point that belongs to someone else", async () => {
    const script = "touch /shared/file 2>/dev/null && echo written || echo refused";
    const main = { name: "main", user: "1234", ...shared, ...shell(script) };
    const refused = await wrote([main], "main", { accessPoint: storage(999) });
    expect(refused.lines).toEqual([refused.platform.users ? "refused" : "written"]);
    const owner = { ...main, user: "999" };
    const written = await wrote([owner], "main", { accessPoint: storage(999) });
    expect(written.lines).toEqual(["written"]);
  });

  it("counts as an access point's own, whatever the user: one goes on with another's files", async () => {
    const accessPoint = { posix_user: { uid: 999, gid: 999 }, ...storage(999) };
    const first = { name: "root", essential: false, ...shared, ...shell("echo 1 > /shared/file") };
    const main = {
      name: "main",
      user: "999:999",
      ...shared,
      ...shell("echo 2 >> /shared/file; cat /shared/file"),
      dependsOn: [{ containerName: "root", condition: "SUCCESS" }],
    };
    const { lines } = await wrote([main, first], "main", { accessPoint });
    expect(lines).toEqual(["1", "2"]);
  });
});

describe("what a container cannot write to", () => {
  it("is a volume that is mounted read-only, which another may write to", async () => {
    const writer = {
      name: "writer",
      essential: false,
      ...shared,
      ...shell("echo made > /shared/file"),
    };
    const reader = {
      name: "reader",
      mountPoints: [{ sourceVolume: "shared", containerPath: "/shared", readOnly: true }],
      ...shell(`cat /shared/file; ${attempt("/shared/file", "volume")}`),
      dependsOn: [{ containerName: "writer", condition: "SUCCESS" }],
    };
    const { lines, platform } = await wrote([reader, writer], "reader");
    expect(lines).toEqual(["made", `volume ${platform.readOnly ? "refused" : "written"}`]);
  });

  it("is all but its volumes and tmpfs, where the root file system is read-only", async () => {
    const script = [
      attempt('"$HOME/file"', "root"),
      attempt("/shared/file", "volume"),
      attempt('"$TMPDIR/file"', "own"),
      'file=$(mktemp -p /tmp) && rm "$file" && echo tmpfs written',
      ": > /dev/null && echo device written",
    ].join("; ");
    const main = {
      name: "main",
      readonlyRootFilesystem: true,
      linuxParameters: { tmpfs: [{ containerPath: "/tmp", size: 32 }] },
      ...shared,
      ...shell(script),
    };
    const { lines, platform } = await wrote([main], "main");
    expect(lines).toEqual([
      `root ${platform.readOnly ? "refused" : "written"}`,
      "volume written",
      "own written",
      "tmpfs written",
      "device written",
    ]);
  });
});

describe("a container's resource limits", () => {
  it("are those of its ulimits", async () => {
    const ask = "ulimit -Sn; ulimit -Hn; ulimit -Sc";
    const main = {
      name: "main",
      user: "1234",
      ulimits: [
        { name: "nofile", softLimit: 200, hardLimit: 300 },
        { name: "core", softLimit: 0, hardLimit: 0 },
      ],
      ...shell(ask),
    };
    const { lines } = await wrote([main], "main");
    expect(lines).toEqual(["200", "300", "0"]);
  });

  it("are this machine's where it cannot give more", async () => {
    const ask = "awk '/pending signals/ { print $4; print $5 }' /proc/self/limits";
    const main = {
      name: "main",
      ulimits: [{ name: "sigpending", softLimit: 100, hardLimit: -1 }],
      ...shell(ask),
    };
    const { lines, platform } = await wrote([main], "main", { platform: { ulimits: false } });
    const { stdout } = await promisify(execFile)("sh", ["-c", ask]);
    expect(platform.ulimits).toBe(false);
    expect(lines).toEqual(["100", stdout.trim().split("\n")[1]]);
  });
});

describe("a container's names", () => {
  const name = "servicediscovery.vpce.internal";
  // The machine's own servers may be silent: they are not waited for as long as usual.
  const ask = `RES_OPTIONS="timeout:1 attempts:1" getent hosts ${name} || echo unknown`;
  const found = expect.stringMatching(/^127\.0\.0\.1 +servicediscovery\.vpce\.internal$/);

  it("come from the VPC's resolver to programs in any language, and to its health checks", async () => {
    const command = ["CMD-SHELL", `(${ask}) > "$HOME/check"; mv "$HOME/check" "$HOME/checked"`];
    const script = `${ask}; cat /etc/resolv.conf; until test -s "$HOME/checked"; do sleep 0.1; done; cat "$HOME/checked"`;
    const main = {
      name: "main",
      healthCheck: { command, interval: 5 },
      ...shell(script),
    };
    const { lines, platform, dnsServer } = await wrote([main], "main", { speed: 10 });
    expect(platform.resolvConf).toBe(platform.pidNamespaces && dnsServer.endsWith(":53"));
    const server = expect.stringMatching(/^nameserver 127\.\d+\.\d+\.2$/);
    const mounted = [found, "search eu-central-1.compute.internal", server, found];
    const machines = (await readFile("/etc/resolv.conf", "utf8")).trim().split("\n");
    expect(lines).toEqual(platform.resolvConf ? mounted : ["unknown", ...machines, "unknown"]);
  });

  it("come from there below a read-only file system, as another user, behind an init process", async () => {
    const main = {
      name: "main",
      user: "1234",
      readonlyRootFilesystem: true,
      linuxParameters: { initProcessEnabled: true },
      ...shell(ask),
    };
    const { lines, platform } = await wrote([main], "main");
    expect(lines).toEqual([platform.resolvConf ? found : "unknown"]);
  });

  it("come from there to Node.js alone where no resolv.conf can be mounted", async () => {
    const lookup = `require("node:dns").lookup("${name}", (_, address) => console.log(address))`;
    const main = { name: "main", ...shell(`${ask}; '${process.execPath}' -e '${lookup}'`) };
    const { lines, platform } = await wrote([main], "main", { platform: { resolvConf: false } });
    expect(platform.resolvConf).toBe(false);
    expect(lines).toEqual(["unknown", "127.0.0.1"]);
  });
});

it("an init process writes nothing of its own when a signal ends the program", async () => {
  const main = {
    name: "main",
    linuxParameters: { initProcessEnabled: true },
    ...shell("echo out; echo err >&2; kill -TERM $$"),
  };
  const { lines } = await wrote([main], "main");
  expect(lines).toEqual(["out", "err"]);
});

describe("a container on a machine that can give none of it, or is told not to", () => {
  it("runs as the harness does", async () => {
    const main = {
      name: "main",
      user: "1234",
      readonlyRootFilesystem: true,
      ulimits: [{ name: "nofile", softLimit: 200, hardLimit: 300 }],
      ...shared,
      ...shell(`${whoAmI}; touch "$HOME/file" /shared/file && echo written`),
    };
    const { lines, platform } = await wrote([main], "main", { platform: nothing });
    expect(platform).toEqual(nothing);
    expect(lines).toEqual([own, "written"]);
  });

  it("takes with it what has left its process group", async () => {
    const daemon = "setsid sh -c 'echo $$ > pid; exec sleep 60' &";
    const script = `${daemon} until test -s pid; do sleep 0.01; done; cat pid`;
    const main = { name: "main", ...shell(script) };
    await withTask(
      [main],
      async ({ ecs }, task) => {
        await expect.poll(() => task().status, { interval: 10 }).toBe("STOPPED");
        const pid = Number(await ecs.log(task().id));
        expect(pid).toBeGreaterThan(1);
        await expect.poll(() => existsSync(`/proc/${pid}/cwd`)).toBe(false);
      },
      { platform: nothing },
    );
  });
});
