import { type ChildProcess, execFile } from "node:child_process";
import { once } from "node:events";
import {
  chmodSync,
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import path from "node:path";
import { promisify } from "node:util";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { whyNoImages } from "../../../../harness/ecs/index.ts";
import { GuardedProcess } from "../../../../harness/ecs/machine/guarded-process.ts";
import { Guardian } from "../../../../harness/ecs/machine/guardian.ts";
import { hidden, type ImageRoot } from "../../../../harness/ecs/machine/image-root.ts";
import { besideInSandbox } from "../../../../harness/ecs/machine/sandbox.ts";
import { type ImageFiles, imageFiles } from "../fixture/image-files.ts";

const PROGRAMS = "sh cat chmod head ls mknod mount perl sleep touch unshare".split(" ");

/** Docker's, as /proc/PID/status shows them. */
const DOCKERS = "00000000a80425fb";

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
      ...root,
    },
  });
  const ENV = { PATH: "/usr/bin" };
  const log = (): string => path.join(guardian.folder, "log");
  async function start(
    sandbox: ReturnType<typeof sandboxOf>,
    argv: readonly string[],
    env: Readonly<Record<string, string>> = ENV,
  ): Promise<GuardedProcess> {
    const output = openSync(log(), "w");
    const options = { argv, env: hidden(env), cwd: guardian.folder };
    return GuardedProcess.start(guardian, { ...options, output, sandbox }).finally(() =>
      closeSync(output),
    );
  }
  /** The exit code and the output of a script. */
  async function ran(script: string, root: Partial<ImageRoot> = {}, env = ENV) {
    const { exited } = await start(sandboxOf(root), ["sh", "-c", script], env);
    return { code: await exited, output: readFileSync(log(), "utf8") };
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
    const sandbox = sandboxOf({ user: { uid, gid: uid } });
    const running = await start(sandbox, ["sh", "-c", "cat /proc/self/status; exec sleep 60"]);
    const [program = "", ...words] = besideInSandbox(
      ["sh", "-c", "cat /proc/self/status; ls -l /proc/self/fd; echo $SECRET"],
      sandbox,
      running.pid,
      "/",
    );
    const env = hidden({ ...ENV, SECRET: "of the container" });
    const { stdout } = await promisify(execFile)(program, words, { env });
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
      const [program = "", ...words] = besideInSandbox(
        ["sh", "-c", ":"],
        sandbox,
        running.pid,
        "/",
      );
      await promisify(execFile)(program, words, { env: hidden(ENV) });
    }
    expect(readFileSync(log(), "utf8")).toBe("looking\n");
  });

  it("cannot reach the perl of this machine that becomes it, beside it neither", async () => {
    const [link, evil] = [path.join(files.root, "perl"), path.join(files.root, "evil")];
    symlinkSync("/proc/self/exe", link);
    writeFileSync(evil, '#!/perl\nprint readlink("/proc/$$/exe"), "\\n"; $| = 1; sleep shift;\n');
    chmodSync(evil, 0o755);
    try {
      const sandbox = sandboxOf();
      const running = await start(sandbox, ["/evil", "60"]);
      await expect.poll(() => readFileSync(log(), "utf8")).toBe("/memfd:perl (deleted)\n");
      const [program = "", ...words] = besideInSandbox(["/evil", "0"], sandbox, running.pid, "/");
      const { stdout } = await promisify(execFile)(program, words, { env: hidden(ENV) });
      expect(stdout).toBe("/memfd:perl (deleted)\n");
      running.kill();
      await running.exited;
    } finally {
      for (const made of [link, evil]) rmSync(made);
    }
  });

  /** Files that a program of this machine would run by a path to a descriptor, and what they make if it does. */
  const traps = (fd: string) => {
    const mark = path.join(guardian.folder, "mark");
    mkdirSync(fd, { recursive: true });
    for (let n = 3; n < 13; n += 1) {
      writeFileSync(path.join(fd, String(n)), `#!/bin/sh\n: >${mark}\n`, { mode: 0o755 });
    }
    return mark;
  };

  it("runs none of its files as this machine's root, beside a program that has changed its root", async () => {
    const evil = path.join(files.root, "evil");
    const mark = traps(path.join(evil, "proc/self/fd"));
    try {
      const sandbox = sandboxOf();
      const moves = 'chroot "/evil" or die; chdir "/"; $| = 1; print "moved\\n"; sleep 60';
      const running = await start(sandbox, ["perl", "-e", moves]);
      await expect.poll(() => readFileSync(log(), "utf8")).toBe("moved\n");
      const [program = "", ...words] = besideInSandbox(["sh"], sandbox, running.pid, "/");
      const beside = promisify(execFile)(program, words, { env: hidden(ENV) });
      await expect(beside).rejects.toMatchObject({ code: 127 });
      expect(existsSync(mark)).toBe(false);
      running.kill();
      await running.exited;
    } finally {
      rmSync(evil, { recursive: true });
    }
  });

  it("does not lead a program beside it through one that it has stopped on its way in", async () => {
    const sandbox = sandboxOf({ workingDirectory: "/app" });
    // The next process that is not its own has this machine's root, and may be signalled.
    const stops = `$| = 1; my $last = fork // die; exit unless $last; waitpid $last, 0; my $found;
      while (!$found) { for my $pid ($last + 1 .. $last + 40) { $found = $pid, last if kill 19, $pid } }
      rmdir "/app"; symlink "/proc/$found/root", "/app"; print "stopped\\n"; sleep 60`;
    const running = await start(sandbox, ["perl", "-e", stops]);
    const beside = (script: string) => {
      const [program = "", ...words] = besideInSandbox(
        ["sh", "-c", script],
        sandbox,
        running.pid,
        "/",
      );
      return execFile(program, words, { env: hidden(ENV) });
    };
    const victims: ChildProcess[] = [];
    try {
      await expect
        .poll(
          () => {
            victims.push(beside(":"));
            return readFileSync(log(), "utf8");
          },
          { interval: 500 },
        )
        .toBe("stopped\n");
      const mark = path.join(guardian.folder, "mark");
      const [code] = (await once(beside(`: >.${mark}`), "exit")) as [number];
      expect(code).not.toBe(0);
      expect(existsSync(mark)).toBe(false);
    } finally {
      for (const victim of victims) victim.kill("SIGKILL");
      running.kill();
      await running.exited;
    }
  });

  it("runs none of a volume's files as this machine's root, though it is at /proc", async () => {
    const proc = folder("proc");
    const mark = traps(path.join(proc, "self/fd"));
    const mounts = [{ path: "/proc", folder: proc, readOnly: false }];
    expect((await ran("echo started", { mounts })).output).toBe("started\n");
    expect(existsSync(mark)).toBe(false);
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
      expect(output.match(/Read-only file system/g)).toHaveLength(2);
      expect(output).toMatch(/^works$/m);
      for (const [each, mode] of modes) expect(statSync(each).mode).toBe(mode);
    } finally {
      for (const [each, mode] of modes) chmodSync(each, mode);
    }
  });

  it("does not outlive its container, though it leaves its group and kills what waits for it", async () => {
    const [prctl, setsid] = process.arch === "arm64" ? [167, 157] : [157, 112];
    const leaves = [
      `syscall(${prctl}, 1, 0, 0, 0, 0)`,
      "pipe(my $r, my $w)",
      "if (!fork) { close $w; <$r>; kill 9, 0; exit }",
      `syscall(${setsid}); close $w; %ENV = (); exec "/usr/bin/sleep", "60"`,
    ].join("; ");
    const running = await start(sandboxOf(), ["perl", "-e", leaves]);
    await running.exited;
    await expect.poll(() => existsSync(`/proc/${running.pid}`)).toBe(false);
  });

  it("cannot use a device that it makes, wherever it can write", async () => {
    const mounts = [{ path: "/volume", folder: folder("volume"), readOnly: false }];
    const memory = [{ path: "/memory", options: "nosuid,nodev,mode=1777" }];
    const at = ["/zero", "/dev/own", "/volume/zero", "/memory/zero"];
    const script = `for at in ${at.join(" ")}; do mknod $at c 1 5; head -c 1 $at && echo "$at is read"; done`;
    const { output } = await ran(script, { mounts, memory });
    expect(output).not.toContain("is read");
    for (const each of at)
      expect(output).toContain(`cannot open '${each}' for reading: Permission`);
    expect((await ran("head -c 1 /dev/zero && echo works")).output).toContain("works");
  });

  it("alone sees its variables: this machine's programs load no library for it", async () => {
    const env = { ...ENV, LD_PRELOAD: "./evil.so" };
    const { output } = await ran("echo $LD_PRELOAD", {}, env);
    expect(output.match(/ld\.so: object '\.\/evil\.so'/g)).toHaveLength(1);
    expect(output).toMatch(/^\.\/evil\.so$/m);
  });

  it.each(["proc", "sys", "dev"])(
    "is not started if the image's /%s leads out of it",
    async (name) => {
      const at = path.join(files.root, name);
      symlinkSync("/usr/share", at);
      try {
        const { code, output } = await ran("echo started");
        expect(output).toBe(`cannot make the container's root: /${name} is not a folder\n`);
        expect(code).toBe(125);
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
