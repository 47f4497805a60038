import { execFile, spawn } from "node:child_process";
import {
  chmodSync,
  closeSync,
  cpSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import path from "node:path";
import { text } from "node:stream/consumers";
import { promisify } from "node:util";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { whyNoImages } from "../../../../harness/ecs/index.ts";
import { GuardedProcess } from "../../../../harness/ecs/machine/guarded-process.ts";
import { Guardian } from "../../../../harness/ecs/machine/guardian.ts";
import type { ImageRoot } from "../../../../harness/ecs/machine/image-root.ts";
import { besideInSandbox } from "../../../../harness/ecs/machine/sandbox.ts";
import { type ImageFiles, imageFiles } from "../fixture/image-files.ts";

const PROGRAMS = "sh cat chmod head ls mknod mount perl sleep touch unshare".split(" ");

/** Docker's without mknod, as /proc/PID/status shows them. */
const DOCKERS = "00000000a00425fb";

describe.runIf((await whyNoImages()) === undefined)("a program in an image's root", () => {
  let files: ImageFiles;
  let guardian: Guardian;
  beforeAll(() => {
    files = imageFiles(PROGRAMS);
  });
  afterAll(() => files[Symbol.dispose]());
  beforeEach(async () => {
    guardian = await Guardian.start();
  });
  afterEach(() => guardian.close());

  const sandboxOf = (root: Partial<ImageRoot> = {}) => ({
    first: "program" as const,
    root: {
      image: files.root,
      folder: guardian.folder,
      hostname: "test",
      mounts: [],
      memory: [],
      files: [],
      isReadOnly: false,
      user: { uid: 0, gid: 0 },
      workingDirectory: "/",
      env: ENV,
      ulimits: [],
      ...root,
    },
  });
  const ENV = { PATH: "/usr/bin" };
  const log = (): string => path.join(guardian.folder, "log");
  const size = (): number => statSync(log()).size;
  async function start(
    sandbox: ReturnType<typeof sandboxOf>,
    argv: readonly string[],
  ): Promise<GuardedProcess> {
    const output = openSync(log(), "w");
    const options = { argv, env: {}, cwd: guardian.folder };
    return GuardedProcess.start(guardian, { ...options, output, sandbox }).finally(() =>
      closeSync(output),
    );
  }
  /** The exit code and the output of a script. */
  async function ran(script: string, root: Partial<ImageRoot> = {}) {
    const { exited } = await start(sandboxOf(root), ["sh", "-c", script]);
    return { code: await exited, output: readFileSync(log(), "utf8") };
  }
  /** Starts another program beside one that runs. */
  function beside(
    running: GuardedProcess,
    sandbox: ReturnType<typeof sandboxOf>,
    argv: readonly string[],
  ) {
    const { argv: all, env } = besideInSandbox(argv, sandbox, running, { cwd: "/" });
    const [program = "", ...words] = all;
    return promisify(execFile)(program, words, { env });
  }
  const folder = (name: string): string => {
    const made = path.join(guardian.folder, name);
    mkdirSync(made);
    return made;
  };

  it.each([
    [0, DOCKERS],
    [999, "0000000000000000"],
  ])("has Docker's capabilities as user %i, beside it too", async (uid, effective) => {
    const env = { ...ENV, SECRET: "of the container" };
    const sandbox = sandboxOf({ user: { uid, gid: uid }, env });
    const running = await start(sandbox, ["sh", "-c", "cat /proc/self/status; exec sleep 60"]);
    const { stdout } = await beside(running, sandbox, [
      "sh",
      "-c",
      "cat /proc/self/status; ls -l /proc/self/fd; echo $SECRET",
    ]);
    await expect.poll(() => readFileSync(log(), "utf8")).toContain("CapBnd");
    for (const status of [stdout, readFileSync(log(), "utf8")]) {
      expect(status).toContain(`CapEff:\t${effective}\nCapBnd:\t${DOCKERS}\n`);
      expect(status).toContain(`Uid:\t${uid}\t${uid}\t${uid}\t${uid}\n`);
      expect(status).toMatch(new RegExp(`^Groups:\t${uid} *$`, "m"));
      expect(status).toContain("CapInh:\t0000000000000000\n");
    }
    expect(stdout).toContain("of the container\n");
    // No descriptor of this machine's folders, only that of ls itself.
    expect(stdout.match(/ -> \/.*/g)).toEqual([expect.stringMatching(/^ -> \/proc\/\d+\/fd$/)]);
  });

  it("never reaches this machine's files through a program that is started beside it", async () => {
    const sandbox = sandboxOf();
    const look = `[ ! -e $each/root${guardian.folder} ] || echo seen`;
    const script = `echo looking; while :; do for each in /proc/[0-9]*; do ${look}; done; done`;
    const running = await start(sandbox, ["sh", "-c", script]);
    await expect.poll(() => readFileSync(log(), "utf8")).toContain("looking");
    for (let times = 0; times < 60; times += 1) {
      await beside(running, sandbox, ["sh", "-c", ":"]);
    }
    expect(readFileSync(log(), "utf8")).toBe("looking\n");
  });

  it("cannot overwrite the program of this machine that becomes it", async () => {
    const [link, evil] = [path.join(files.root, "runtime"), path.join(files.root, "evil")];
    symlinkSync("/proc/self/exe", link);
    writeFileSync(evil, "#!/runtime\n", { mode: 0o755 });
    // Holds what another process runs, and writes to it when it has ended.
    const holds = `$| = 1; my $O_PATH = 0x200000; my $own = (stat "/proc/$$/exe")[1]; print "looks\\n";
      while (1) { for my $at (map "/proc/$_", 2 .. 3000) {
        sysopen(my $held, "$at/exe", $O_PATH) or next; next if (stat $held)[1] == $own;
        select undef, undef, undef, 0.01 while -e $at;
        print open(my $to, "+<", "/proc/self/fd/" . fileno $held) ? "opened\\n" : "$!\\n"; sleep 60 } }`;
    try {
      const sandbox = sandboxOf();
      const running = await start(sandbox, ["perl", "-e", holds]);
      await expect.poll(() => readFileSync(log(), "utf8")).toBe("looks\n");
      await expect
        .poll(async () => {
          await beside(running, sandbox, ["/evil"]).catch(() => {});
          return readFileSync(log(), "utf8");
        })
        .toMatch(/^looks\n(?:Read-only file system|Text file busy)\n$/);
      running.kill();
      await running.exited;
    } finally {
      for (const made of [link, evil]) rmSync(made);
    }
  });

  it("runs a program beside it in the container's root, though the first one has left it", async () => {
    const evil = path.join(files.root, "evil");
    mkdirSync(evil);
    try {
      const sandbox = sandboxOf();
      const moves = 'chroot "/evil" or die; chdir "/"; $| = 1; print "moved\\n"; sleep 60';
      const running = await start(sandbox, ["perl", "-e", moves]);
      await expect.poll(() => readFileSync(log(), "utf8")).toBe("moved\n");
      const { stdout } = await beside(running, sandbox, ["ls", "/"]);
      expect(stdout).toContain("evil\n");
      running.kill();
      await running.exited;
    } finally {
      rmSync(evil, { recursive: true });
    }
  });

  it("cannot make a user namespace, where it could mount this machine's /proc, /sys and cgroups", async () => {
    const { output } = await ran(
      "unshare -Ur echo made; unshare -Urmpf mount -t proc proc /srv && echo mounted; unshare -m echo refused; (echo forked)",
    );
    expect(output).not.toMatch(/made|mounted/);
    expect(output.match(/unshare failed: Operation not permitted/g)).toHaveLength(3);
    expect(output).toContain("forked");
  });

  it("cannot change the mode of this machine's devices, by standard input or a mask neither", async () => {
    const modes = ["/dev/full", "/dev/null"].map((each) => [each, statSync(each).mode] as const);
    try {
      const { output } = await ran(
        "chmod 600 /dev/full; chmod 600 /proc/keys; perl -e 'chmod 0600, *STDIN'; cat; echo x >/dev/null && echo works",
      );
      expect(output.match(/Read-only file system/g)).toHaveLength(1);
      expect(output).toMatch(/^works$/m);
      for (const [each, mode] of modes) expect(statSync(each).mode).toBe(mode);
    } finally {
      for (const [each, mode] of modes) chmodSync(each, mode);
    }
  });

  it.each(["group", "runtime"] as const)("does not outlive its %s", async (killed) => {
    const running = await start(sandboxOf(), [
      "sh",
      "-c",
      "trap '' TERM; sleep 60 & exec sleep 60",
    ]);
    await expect.poll(() => running.members.length).toBe(2);
    const members = running.members;
    const status = readFileSync(`/proc/${running.pid}/status`, "utf8");
    const runtime = Number(/^PPid:\t(\d+)/m.exec(status)?.[1]);
    process.kill(killed === "group" ? running.group : runtime, "SIGKILL");
    expect(await running.exited).toBe(137);
    for (const pid of members) await expect.poll(() => existsSync(`/proc/${pid}`)).toBe(false);
  });

  it("cannot make a device", async () => {
    const mounts = [{ path: "/volume", folder: folder("volume"), readOnly: false }];
    const memory = [{ path: "/memory", options: ["nosuid", "nodev", "mode=1777"] }];
    const at = ["/zero", "/dev/own", "/volume/zero", "/memory/zero"];
    const script = `for at in ${at.join(" ")}; do mknod $at c 1 5 && echo "$at is made"; done`;
    const { output } = await ran(script, { mounts, memory });
    expect(output).not.toContain("is made");
    expect(output.match(/Operation not permitted/g)).toHaveLength(at.length);
    expect((await ran("head -c 1 /dev/zero && echo works")).output).toContain("works");
  });

  it("cannot use the kernel's keys, nor sockets that no network holds", async () => {
    const [keyctl, socket] = process.arch === "arm64" ? [219, 198] : [250, 41];
    const families = "38, 40, 38 | 1 << 32, 40 | 1 << 32";
    const calls = `print syscall(${keyctl}, 0, -3, 0), " $!\\n"; print syscall(${socket}, $_, 1, 0), " $!\\n" for ${families}`;
    const running = await start(sandboxOf(), ["perl", "-e", calls]);
    expect(await running.exited).toBe(0);
    expect(readFileSync(log(), "utf8")).toBe("-1 Operation not permitted\n".repeat(5));
  });

  it("alone sees its variables: this machine's programs load no library for it", async () => {
    const { output } = await ran("echo $LD_PRELOAD", { env: { ...ENV, LD_PRELOAD: "./evil.so" } });
    expect(output.match(/ld\.so: object '\.\/evil\.so'/g)).toHaveLength(1);
    expect(output).toMatch(/^\.\/evil\.so$/m);
  });

  it.each(["proc", "sys", "dev"])("is not started if the image's /%s is a link", async (name) => {
    const at = path.join(files.root, name);
    symlinkSync("usr", at);
    try {
      const { code, output } = await ran("echo started");
      expect(output).toBe(`cannot make the container's root: /${name} is a link\n`);
      expect(code).toBe(125);
    } finally {
      rmSync(at);
    }
  });

  it("has the kernel's devices, though a volume leads over them", async () => {
    const [at, volume] = [path.join(files.root, "data"), folder("devices")];
    symlinkSync("/dev", at);
    symlinkSync("/proc/self/fd/4", path.join(volume, "null"));
    mkdirSync(path.join(files.root, "dev"));
    try {
      const mounts = [{ path: "/data", folder: volume, readOnly: false }];
      const { output } = await ran("ls -l /dev/null; ls -l /proc/self/fd/", { mounts });
      expect(output).toMatch(/^c.* 1, *3 .* \/dev\/null$/m);
      expect(output.match(/ -> \/.*/g)?.filter((to) => !to.endsWith("/fd"))).toEqual([
        expect.stringMatching(/\/null$/),
        expect.stringMatching(/\/log$/),
        expect.stringMatching(/\/log$/),
      ]);
    } finally {
      rmSync(at);
    }
  });

  it.each(["/", "/dev/own", "/srv/../proc", "/sys"])("has no volume at %s", async (at) => {
    const mounts = [{ path: at, folder: folder("volume"), readOnly: false }];
    await expect(ran("echo started", { mounts })).rejects.toThrow("nothing can be mounted at /");
  });

  it.each([
    ["image", "/linked", "volume"],
    ["image", "/linked", "memory"],
    ["earlier start", "/own/there", "volume"],
    ["volume", "/shared/there", "volume"],
  ])("is not started if a link of its %s leads %s, with %s, over the root", async (_, at, kind) => {
    const [shared, covers, link] = [
      folder("shared"),
      folder("covers"),
      path.join(files.root, "linked"),
    ];
    // The runtime would open it as root, give it to the container's user, and make it the output.
    const secret = path.join(covers, "secret");
    cpSync(files.root, covers, { recursive: true, verbatimSymlinks: true });
    mkdirSync(path.join(covers, "dev"), { recursive: true });
    symlinkSync("/secret", path.join(covers, "dev/null"));
    writeFileSync(secret, "of root\n", { mode: 0o600 });
    const root = {
      mounts: [
        { path: "/shared", folder: shared, readOnly: false },
        ...(kind === "volume" ? [{ path: at, folder: covers, readOnly: false }] : []),
      ],
      memory: kind === "memory" ? [{ path: at, options: ["nosuid", "nodev"] }] : [],
      user: { uid: 999, gid: 999 },
    };
    symlinkSync("/", link);
    try {
      // Of the container itself, which is moved away below the mount, and of another that has the volume.
      const moves = 'rename "/own", "/moved"; mkdir "/own"; symlink "/", "/own/there"';
      const before = await start(sandboxOf({ mounts: root.mounts.slice(1) }), [
        "perl",
        "-e",
        moves,
      ]);
      await before.exited;
      symlinkSync("..", path.join(shared, "there"));
      const { code, output } = await ran("echo started", root);
      expect(output).toContain("/no-mount-covers-the-root` (exit code: 1)");
      expect(output).not.toContain("started");
      expect(code).toBe(1);
      expect([readFileSync(secret, "utf8"), statSync(secret).uid]).toEqual(["of root\n", 0]);
    } finally {
      rmSync(link);
    }
  });

  it("may have a volume as its shared memory", async () => {
    const volume = folder("shared");
    const mounts = [{ path: "/dev/shm/", folder: volume, readOnly: false }];
    await ran("echo >/dev/shm/written", { mounts });
    expect(readdirSync(volume)).toEqual(["written"]);
  });

  it.each(["volume", "work"])(
    "stays in its root, though the image's /%s leads out of it",
    async (name) => {
      const out = folder("out");
      const at = path.join(files.root, name);
      symlinkSync(out, at);
      try {
        const mounts = [{ path: "/volume/data", folder: folder("data"), readOnly: false }];
        await ran("echo >/volume/data/written", { mounts, workingDirectory: "/work/own" });
        expect(readdirSync(out)).toEqual([]);
      } finally {
        rmSync(at);
      }
    },
  );

  it("is not started if a volume's folder is a link", async () => {
    const link = path.join(guardian.folder, "link");
    symlinkSync("/etc", link);
    const mounts = [{ path: "/volume", folder: link, readOnly: false }];
    const { code, output } = await ran("ls /volume", { mounts });
    expect(output).toBe(`cannot make the container's root: ${link} is not a folder\n`);
    expect(code).toBe(125);
  });

  it("has the user, the folder and the limits of its definition, beside it too", async () => {
    const sandbox = sandboxOf({
      user: { uid: 999, gid: 998 },
      workingDirectory: "/new/folder",
      ulimits: [{ name: "nofile", softLimit: 100, hardLimit: 200 }],
    });
    const script = "pwd; ulimit -Sn; ulimit -Hn; cat /proc/self/status";
    const running = await start(sandbox, ["sh", "-c", `${script}; exec sleep 60`]);
    const { stdout } = await beside(running, sandbox, ["sh", "-c", script]);
    await expect.poll(() => readFileSync(log(), "utf8")).toContain("nonvoluntary");
    for (const said of [stdout, readFileSync(log(), "utf8")]) {
      expect(said).toMatch(/^\/new\/folder\n100\n200\n/);
      expect(said).toMatch(/^Uid:\t999\t/m);
      expect(said).toMatch(/^Gid:\t998\t/m);
    }
  });

  it("stops with all its processes, also those that have left its session", async () => {
    const [setsid] = process.arch === "arm64" ? [157] : [112];
    const tick = `while (1) { print "tick\\n"; select undef, undef, undef, 0.01 }`;
    const running = await start(sandboxOf(), [
      "perl",
      "-e",
      `$| = 1; if (!fork) { syscall(${setsid}); ${tick} } sleep 60`,
    ]);
    await expect.poll(size).toBeGreaterThan(0);
    running.freeze();
    expect(running.members).toHaveLength(2);
    for (const pid of running.members) {
      await expect.poll(() => readFileSync(`/proc/${pid}/stat`, "utf8")).toMatch(/\) T /);
    }
    const before = size();
    running.thaw();
    await expect.poll(size).toBeGreaterThan(before);
  });

  it("gives a program beside it a terminal of the container", async () => {
    const sandbox = sandboxOf();
    const running = await start(sandbox, ["sleep", "60"]);
    const options = { cwd: "/", hasTerminal: true };
    const { argv, env } = besideInSandbox(
      ["sh", "-c", "ls -l /proc/self/fd/; read line; echo got $line"],
      sandbox,
      running,
      options,
    );
    const line = argv.map((word) => `'${word.replaceAll("'", String.raw`'\''`)}'`).join(" ");
    const user = spawn("script", ["-qec", line, "/dev/null"], { env });
    user.stdin.write("typed\n");
    const said = await text(user.stdout);
    expect(said).toMatch(/0 -> \/dev\/pts\/0\r$/m);
    expect(said).toContain("got typed\r\n");
  });

  it("ends what runs beside it when that is killed, and leaves no file of it", async () => {
    const sandbox = sandboxOf();
    const running = await start(sandbox, ["sleep", "60"]);
    const before = readdirSync(guardian.folder);
    const started = besideInSandbox(["sleep", "61"], sandbox, running, { cwd: "/" });
    const options = { ...started, cwd: "/", output: "ignore" } as const;
    const check = await GuardedProcess.start(guardian, options);
    await expect.poll(() => running.members.length).toBe(2);
    expect(readdirSync(guardian.folder)).toEqual(before);
    check.kill();
    await check.exited;
    await expect.poll(() => running.members.length).toBe(1);
  });

  it("cannot write where a volume or the root is read-only", async () => {
    const mounts = [{ path: "/volume", folder: folder("kept"), readOnly: true }];
    const script =
      "for at in /volume /etc; do touch $at/new 2>/dev/null && echo written; done; echo done";
    expect((await ran(script, { mounts, isReadOnly: true })).output).toBe("done\n");
  });

  it("has a file that was mounted over a link of its image", async () => {
    const file = path.join(guardian.folder, "hosts");
    writeFileSync(file, "mounted\n");
    const at = path.join(files.root, "etc/hosts");
    symlinkSync("../srv/hosts", at);
    try {
      const { output } = await ran("cat /srv/hosts", { files: [{ file, at: "/etc/hosts" }] });
      expect(output).toBe("mounted\n");
    } finally {
      rmSync(at);
    }
  });
});
