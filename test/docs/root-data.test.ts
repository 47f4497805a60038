import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";

const ROOT = join(import.meta.dirname, "../..");

/** Runs commands as in a shell of the host. What needs root is left out. */
const withoutRoot = `sudo() { case "$1" in mount | umount | chown) ;; *) "$@" ;; esac; }
`;

/** The commands of a page that move data out of the root of a file system. */
function commandsOf(page: string): string {
  const text = readFileSync(join(ROOT, page), "utf8");
  const [, found = ""] = /^ *```sh\n( *sudo mkdir -p \/mnt\/efs.*?)^ *```$/ms.exec(text) ?? [];
  return found.replaceAll(/^ +/gm, "");
}

const pages = ["docs/own-terraform.md", "docs/migration.md"];

/** Runs the commands in a folder with these files. */
function moved(files: readonly string[], check: (folder: string) => void): void {
  const folder = mkdtempSync(join(tmpdir(), "root-data-"));
  try {
    for (const file of files) {
      mkdirSync(join(folder, file, ".."), { recursive: true });
      writeFileSync(join(folder, file), file);
    }
    const commands = commandsOf("docs/own-terraform.md").replaceAll("/mnt/efs", folder);
    execFileSync("bash", ["-c", withoutRoot + commands], { stdio: "pipe" });
    check(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

describe("the commands that move data out of the root", () => {
  it("are the same on both pages", () => {
    const [one = "", other] = pages.map(commandsOf);
    expect(one).toContain("chown -R 999:999 redis");
    expect(other).toBe(one);
  });

  it.each([
    [["appendonlydir/appendonly.aof.manifest", "dump.rdb", "other/file"]],
    [["appendonly.aof", "other/file"]],
  ])("move Redis' files and nothing else: %j", (files) => {
    moved(files, (folder) => {
      expect(readdirSync(folder).toSorted()).toEqual(["other", "redis"]);
      for (const file of files.filter((each) => each !== "other/file")) {
        expect(readFileSync(join(folder, "redis", file), "utf8")).toBe(file);
      }
    });
  });

  it("move nothing if the folder exists", () => {
    const files = ["dump.rdb", "redis/file"];
    moved(files, (folder) => {
      expect(readdirSync(folder).toSorted()).toEqual(["dump.rdb", "redis"]);
      expect(readdirSync(join(folder, "redis"))).toEqual(["file"]);
    });
  });
});
