import { spawnSync } from "node:child_process";
import { appendFileSync, closeSync, mkdtempSync, openSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { ContainerState, EcsEventOf, TaskState } from "../../../../harness/ecs/index.ts";
import { ContainerLogs, FollowedFile } from "../../../../harness/views/terminal/container-log.ts";

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

describe("the logs of containers", () => {
  it("have the task before each line and end with the container", () =>
    inFolder((folder) => {
      const { logs, lines } = containers(folder, [container("app")]);
      expect(logs.hear(event("app", "RUNNING"))).toBe(true);
      append(folder, "listening\nbye", "app");
      expect(logs.hear(event("app", "STOPPED"))).toBe(true);
      expect(lines).toEqual(["dev-app 3dd8a4 | listening", "dev-app 3dd8a4 | bye"]);
      append(folder, "nobody reads\n", "app");
      logs.end();
      expect(lines).toHaveLength(2);
    }));

  it("name the container if the task has several, and leave out those not followed", () =>
    inFolder((folder) => {
      const { logs, lines } = containers(folder, [container("app"), container("redis")]);
      expect(logs.hear(event("redis", "RUNNING"))).toBe(false);
      expect(logs.hear(event("app", "RUNNING"))).toBe(true);
      append(folder, "* Ready to accept connections\n", "redis");
      append(folder, "listening\n", "app");
      logs.end();
      expect(lines).toEqual(["dev-app 3dd8a4 app | listening"]);
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

const TASK = "3dd8a4".padEnd(32, "0");

const container = (name: string): ContainerState => ({
  name,
  image: `${name}:1`,
  status: "RUNNING",
  health: "UNKNOWN",
  failedChecks: 0,
  restarts: 0,
  pid: 1,
  exitCode: undefined,
  address: undefined,
  reason: undefined,
  ports: [],
});

const event = (name: string, status: "RUNNING" | "STOPPED"): EcsEventOf<"container"> => ({
  type: "container",
  at: 0,
  service: "dev-app",
  taskId: TASK,
  container: name,
  isOnly: false,
  status,
  pid: undefined,
  exitCode: undefined,
});

function containers(
  folder: string,
  all: readonly ContainerState[],
): { logs: ContainerLogs; lines: string[] } {
  const lines: string[] = [];
  for (const { name } of all) writeFileSync(logFile(folder, name), "");
  const ecs = {
    task: (id: string) => ({ id, containers: all }) as TaskState,
    logFile: (_task: string, name?: string) => logFile(folder, name),
  };
  const logs = new ContainerLogs(
    ecs,
    (image) => image !== "redis:1",
    (line) => lines.push(line),
  );
  return { logs, lines };
}
