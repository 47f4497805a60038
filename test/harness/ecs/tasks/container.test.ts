import { readFile } from "node:fs/promises";
import { describe, expect, it } from "vitest";
import type { Run } from "../fixture/local.ts";
import { shared, shell, withTask, type TaskOptions } from "../fixture/task.ts";
import { type Platform, tryIsolation } from "../../../../harness/ecs/machine/platform.ts";
import type { TaskState } from "../../../../harness/ecs/base/state.ts";

/** Runs a task to its end. Returns the output of a container, and what this machine supports. */
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
  if (!platform) throw new Error("no platform");
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
  networks: false,
  memory: false,
};

const attempt = (path: string, name: string): string =>
  `if touch ${path} 2>/dev/null; then echo ${name} written; else echo ${name} refused; fi`;

const storage = (owner: number): object => ({
  root_directory: {
    path: "/redis",
    creation_info: { owner_uid: owner, owner_gid: owner, permissions: "0700" },
  },
});

describe("a container's log", () => {
  it("is read while the program runs, which gets no lease on it", async () => {
    // fcntl(1, F_SETLEASE, F_WRLCK). An open of the file would wait for /proc/sys/fs/lease-break-time.
    const lease = `$| = 1; $SIG{IO} = "IGNORE"; print fcntl(STDOUT, 1024, 1) ? "leased" : $!, "\\n"; sleep 60`;
    const main = { name: "main", command: ["perl", "-e", lease], entryPoint: [] };
    await withTask([main], async ({ ecs }, task) => {
      await expect
        .poll(() => ecs.log(task().id), { timeout: 5_000 })
        .toBe("Resource temporarily unavailable\n");
    });
  });
});

describe("a container's user", () => {
  it("runs its program, owns its home, and can read local files of any owner", async () => {
    const script = `${whoAmI}; touch "$HOME/file" && echo written >> /dev/stdout; test -r "$HOME/../.." && echo readable`;
    const main = { name: "main", user: "1234:5678", ...shell(script) };
    const { lines, platform } = await wrote([main], "main");
    expect(lines).toEqual([platform.users ? "1234:5678" : own, "written", "readable"]);
  });

  it("is the image's unless the task definition names one, and is resolved by the image's users", async () => {
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

  it("cannot write to a new volume, which is root's, unless another container allows it", async () => {
    const write = shell(attempt("/shared/file", "volume"));
    const main = { name: "main", user: "1234", ...shared, ...write };
    const alone = await wrote([main], "main");
    expect(alone.lines).toEqual([`volume ${alone.platform.users ? "refused" : "written"}`]);
    const open = { name: "open", essential: false, ...shared, ...shell("chmod 777 /shared") };
    const dependsOn = [{ containerName: "open", condition: "SUCCESS" }];
    const after = await wrote([{ ...main, dependsOn }, open], "main");
    expect(after.lines).toEqual(["volume written"]);
  });

  it("is not started if its access point has neither a directory nor creation_info", async () => {
    const main = { name: "main", ...shared, ...shell("exec sleep 60") };
    const accessPoint = { root_directory: { path: "/typo" } };
    await withTask(
      [main],
      async ({ ecs }, task) => {
        const { id } = task();
        await expect.poll(() => ecs.task(id).status, { interval: 10 }).toBe("STOPPED");
        expect(ecs.task(id).containers[0]?.reason).toMatch(
          /^CannotStartContainerError: .*reason given by server: No such file or directory/,
        );
      },
      { accessPoint },
    );
  });

  it("cannot write to an access point directory of another user", async () => {
    const script = "touch /shared/file 2>/dev/null && echo written || echo refused";
    const main = { name: "main", user: "1234", ...shared, ...shell(script) };
    const refused = await wrote([main], "main", { accessPoint: storage(999) });
    expect(refused.lines).toEqual([refused.platform.users ? "refused" : "written"]);
    const owner = { ...main, user: "999" };
    const written = await wrote([owner], "main", { accessPoint: storage(999) });
    expect(written.lines).toEqual(["written"]);
  });

  it("acts as the POSIX user of an access point, so that containers share its files", async () => {
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

describe("the read-only parts of a container", () => {
  it("include a volume that is mounted read-only, while another container can write to it", async () => {
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

  it("include everything except volumes and tmpfs with readonlyRootFilesystem", async () => {
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
});

describe("a container's extra hosts", () => {
  const extraHosts = [{ hostname: "ledger.internal", ipAddress: "192.0.2.7" }];
  const main = { name: "main", extraHosts, ...shell("getent hosts ledger.internal") };

  it("are names in its own /etc/hosts", async () => {
    const platform = await tryIsolation({});
    if (!platform.pidNamespaces) return;
    const { lines } = await wrote([main], "main");
    expect(lines).toEqual([expect.stringMatching(/^192\.0\.2\.7\s+ledger\.internal$/)]);
  });

  it("are refused by name where it has none", async () => {
    const platform = { pidNamespaces: false };
    await expect(wrote([main], "main", { platform })).rejects.toMatchObject({
      code: "ERR_PLATFORM",
      message: expect.stringContaining("aws_ecs_task_definition.app (main).extraHosts: "),
    });
  });
});

describe("a container's names", () => {
  const name = "servicediscovery.vpce.internal";
  // A short timeout, because the machine's own servers may not reply.
  const ask = `RES_OPTIONS="timeout:1 attempts:1" getent hosts ${name} || echo unknown`;
  const found = expect.stringMatching(/^127\.\d+\.\d+\.3 +servicediscovery\.vpce\.internal$/);

  it("are resolved by the VPC's resolver for programs in any language and for health checks", async () => {
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

  it("are resolved there only for Node.js if no resolv.conf can be mounted", async () => {
    const lookup = `require("node:dns").lookup("${name}", (_, address) => console.log(address))`;
    const main = { name: "main", ...shell(`${ask}; '${process.execPath}' -e '${lookup}'`) };
    const { lines, platform } = await wrote([main], "main", { platform: { resolvConf: false } });
    expect(platform.resolvConf).toBe(false);
    expect(lines).toEqual(["unknown", expect.stringMatching(/^127\.\d+\.\d+\.3$/)]);
  });
});

it("an init process writes no output when a signal ends the program", async () => {
  const main = {
    name: "main",
    linuxParameters: { initProcessEnabled: true },
    ...shell("echo out; echo err >&2; kill -TERM $$"),
  };
  const { lines } = await wrote([main], "main");
  expect(lines).toEqual(["out", "err"]);
});

describe("a container without any platform feature", () => {
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
});
