import { once } from "node:events";
import { existsSync } from "node:fs";
import { open, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { expect, it } from "vitest";
import { checkSyncs } from "../../../../harness/ecs/machine/check-syncs.ts";
import { GuardedProcess } from "../../../../harness/ecs/machine/guarded-process.ts";
import { Guardian } from "../../../../harness/ecs/machine/guardian.ts";
import { UnsyncedData } from "../../../../harness/ecs/machine/unsynced-data.ts";

interface Frozen {
  readonly data: UnsyncedData;
  readonly running: GuardedProcess;
  /** The content of a file in the folder. */
  readonly text: (name: string) => Promise<string>;
  readonly fileOf: (name: string) => string;
}

/** Runs a script in a folder until it prints `ready`, then freezes it and takes its unsynced data. */
async function frozen(
  { before = {}, script }: { before?: Record<string, string>; script: string },
  look: (frozen: Frozen) => Promise<void>,
): Promise<void> {
  const guardian = await Guardian.start();
  try {
    const fileOf = (name: string): string => path.join(guardian.folder, name);
    for (const [name, text] of Object.entries(before)) await writeFile(fileOf(name), text);
    const table = await open(fileOf("table"), "w+");
    const running = await GuardedProcess.start(guardian, {
      sandbox: { recordsSyncs: true },
      argv: ["/bin/sh", "-c", `${script}\necho ready; read -r _ </dev/zero`],
      env: { PATH: "/usr/bin:/bin" },
      cwd: guardian.folder,
      output: "pipe",
      syncTable: table.fd,
    });
    await table.close();
    if (running.output) await once(running.output, "data", { signal: AbortSignal.timeout(10_000) });
    running.freeze();
    await running.frozen();
    const data = await UnsyncedData.take(running.members, [guardian.folder], fileOf("table"));
    await look({ data, running, fileOf, text: (name) => readFile(fileOf(name), "utf8") });
  } finally {
    await guardian.close();
  }
}

it("unsynced data are what was written after the start of the last sync, and are restored in place", async () => {
  const script =
    "exec 5>>file; echo one >&5; sync -d file; echo two >&5; sync file; echo three >&5";
  await frozen({ script }, async ({ data, text, fileOf }) => {
    expect(await text("file")).toBe("one\ntwo\n");
    expect(data.lost).toEqual([{ file: fileOf("file"), bytes: 6 }]);
    await data.putBack();
    expect(await text("file")).toBe("one\ntwo\nthree\n");
  });
});

it("unsynced data include all of a new file, and the new end of an existing one", async () => {
  const script =
    "exec 5>>old 6>new 7>>other; echo b >&5; echo c >&6; echo d >&7; sync -d other; echo e >&7";
  await frozen({ before: { old: "a\n", other: "" }, script }, async ({ data, text }) => {
    expect([await text("old"), await text("new"), await text("other")]).toEqual(["a\n", "", "d\n"]);
    expect(data.lost.map(({ bytes }) => bytes)).toEqual([2, 2, 2]);
  });
});

it("unsynced data include all of a file that was truncated first", async () => {
  const script = "exec 5>file; echo b >&5";
  await frozen({ before: { file: "a long text\n" }, script }, async ({ text }) => {
    expect(await text("file")).toBe("");
  });
});

it("unsynced data include nothing of a closed file, as on NFS", async () => {
  await frozen({ script: "echo a >file" }, async ({ data, text }) => {
    expect([await text("file"), data.lost]).toEqual(["a\n", []]);
  });
});

it("unsynced data are found after a rename", async () => {
  const script = "exec 5>draft; echo a >&5; sync -d draft; echo b >&5; mv draft file";
  await frozen({ script }, async ({ data, text, fileOf }) => {
    expect(await text("file")).toBe("a\n");
    expect(data.lost).toEqual([{ file: fileOf("file"), bytes: 2 }]);
    expect(existsSync(fileOf("draft"))).toBe(false);
  });
});

it("unsynced data do not depend on an earlier file with the same inode", async () => {
  // Most file systems reuse the inode of a removed file.
  const script = `echo long and synced >first; sync first; rm first
    for i in 1 2 3 4 5 6 7 8; do eval "exec 5>file$i; echo x >&5"; done; exec 5>last; echo y >&5`;
  await frozen({ script }, async ({ text }) => {
    expect(await text("last")).toBe("");
  });
});

it("unsynced data include those of child processes", async () => {
  const script = `sh -c 'exec 5>child; echo a >&5; sync -d child; echo b >&5; echo ready; read -r _ </dev/zero' &
    wait`;
  await frozen({ script }, async ({ text }) => {
    expect(await text("child")).toBe("a\n");
  });
});

it.each([
  ["its descriptors and its exit code", ["sh", "-c", "ls /proc/self/fd | wc -l; exit 7"]],
  ["its variables", ["sh", "-c", "env | sort"]],
  ["the signal that ends it", ["sh", "-c", "kill -TERM $$"]],
  ["a sync that fails", ["sh", "-c", "sync /proc/self/status"]],
  ["a file that it cannot open", ["sh", "-c", ": >/no/such/file"]],
])("does not change %s", async (_, argv) => {
  const guardian = await Guardian.start();
  const file = (name: string): string => path.join(guardian.folder, name);
  const run = async (recordsSyncs: boolean): Promise<readonly [number, string]> => {
    const [log, table] = [await open(file("log"), "w+"), await open(file("table"), "w+")];
    const running = await GuardedProcess.start(guardian, {
      sandbox: { recordsSyncs },
      argv,
      env: { PATH: "/usr/bin:/bin", LC_ALL: "xx_YY.UTF-8" },
      cwd: guardian.folder,
      output: log.fd,
      syncTable: recordsSyncs ? table.fd : undefined,
    });
    const code = await running.exited;
    await Promise.all([log.close(), table.close()]);
    return [code, await readFile(file("log"), "utf8")];
  };
  try {
    const [code, said] = await run(true);
    expect([code, said]).toEqual(await run(false));
    expect(code + said.length).toBeGreaterThan(0);
  } finally {
    await guardian.close();
  }
});

it("syncs can be recorded on this machine, or the error says what is missing", async () => {
  const isolation = { pidNamespaces: false, users: false, readOnly: false, ulimits: false };
  await checkSyncs(isolation);
  await expect(checkSyncs(isolation, ["/bin/sh", "-c", "echo synced"])).rejects.toMatchObject({
    code: "ERR_PLATFORM",
    message: expect.stringMatching(/^option losesUnsynced: cannot record .* 0 bytes of 7$/),
  });
});
