import { spawnSync } from "node:child_process";
import { appendFileSync, closeSync, mkdtempSync, openSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { FollowedFile } from "../../../../harness/views/terminal/container-log.ts";

describe("a followed file", () => {
  it("reports complete lines, and the last one at the end", () =>
    inFolder((folder) => {
      const { file, lines } = followed(folder);
      append(folder, "one\ntw");
      file.read();
      expect(lines).toEqual(["one"]);
      append(folder, "o\r\n\nthree");
      file.read();
      expect(lines).toEqual(["one", "two", ""]);
      file.end();
      file.end();
      expect(lines).toEqual(["one", "two", "", "three"]);
    }));

  it("reports a character whose bytes arrive separately", () =>
    inFolder((folder) => {
      const { file, lines } = followed(folder);
      for (const byte of Buffer.from("grüße\n")) {
        append(folder, Buffer.of(byte));
        file.read();
      }
      file.end();
      expect(lines).toEqual(["grüße"]);
    }));

  it("reports the end of fast output and how much is left out", () =>
    inFolder((folder) => {
      const { file, lines } = followed(folder);
      append(folder, "a line\n".repeat(100_000));
      file.end();
      expect(lines[0]).toBe(`(${700_000 - 16_384} bytes left out)`);
      expect(lines.at(-1)).toBe("a line");
      expect(lines.length).toBeLessThan(2_500);
    }));

  it("starts again after a truncation by `> /dev/stdout`", () =>
    inFolder((folder) => {
      const { file, lines } = followed(folder);
      inShell(folder, "echo one; echo and more; printf un; printf ended");
      file.read();
      inShell(folder, "echo two > /dev/stdout; echo three");
      file.read();
      expect(lines).toEqual(["one", "and more", "unended", "two", "three"]);
      file.end();
      expect(lines).toHaveLength(5);
    }));
});

function inFolder(use: (folder: string) => void): void {
  const folder = mkdtempSync(join(tmpdir(), "logs-"));
  try {
    use(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const logFile = (folder: string, name = "log"): string => join(folder, name);

const append = (folder: string, text: string | Buffer, name?: string): void =>
  appendFileSync(logFile(folder, name), text);

/** Runs a program with the log as its output, like a container. */
function inShell(folder: string, script: string): void {
  const log = openSync(logFile(folder), "a");
  try {
    const { status } = spawnSync("/bin/sh", ["-c", script], {
      stdio: ["ignore", log, "inherit"],
      timeout: 60_000,
    });
    expect(status).toBe(0);
  } finally {
    closeSync(log);
  }
}

function followed(folder: string): { file: FollowedFile; lines: string[] } {
  const lines: string[] = [];
  writeFileSync(logFile(folder), "");
  return { file: new FollowedFile(logFile(folder), (line) => lines.push(line)), lines };
}
