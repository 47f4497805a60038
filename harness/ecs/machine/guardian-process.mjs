// Runs a moment longer than the harness: when the pipe to it closes, it kills everything that the run started
// and removes the run's folder. It has its own session, so that Ctrl-C in the terminal does not reach it.
//
// argv: where it makes the run's folder, the prefix of the folder's name, and the variable that marks the run's processes.
// stdin, one line each: "+PID" a process group was started, "-PID" it has ended, "!ARGV" a program to run at the end.
// stdout: the folder as JSON, or why there is none; then "PID" for each "+PID" after it is stored.
import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { basename } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { makeFolder, removeFolder } from "../base/temporary-folder.mjs";

const [, , parent, prefix, variable] = process.argv;
const folder = made();
const marker = `${variable}=${basename(folder.path).slice(prefix.length)}`;
const groups = new Set();
const programs = [];

/** Milliseconds, for one program. */
const TIMEOUT = 20_000;
const PATH = "/usr/sbin:/usr/bin:/sbin:/bin";

for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => {});
// The harness may have ended before an answer is written.
process.stdout.on("error", () => {});

const lines = createInterface({ input: process.stdin });
lines.on("line", (line) => {
  const pid = Number(line.slice(1));
  if (line.startsWith("+")) {
    groups.add(pid);
    process.stdout.write(`${pid}\n`);
  } else if (line.startsWith("!")) programs.push(JSON.parse(line.slice(1)));
  else groups.delete(pid);
});
lines.on("close", () => void reap());
process.stdout.write(`${JSON.stringify(folder)}\n`);

function made() {
  try {
    return makeFolder(prefix, parent);
  } catch (error) {
    process.stdout.write(`${JSON.stringify({ error: error.message })}\n`);
    process.exit(1);
  }
}

/** Kills until no process is left. The next round finds processes that were forked during this one. */
async function reap() {
  const known = new Set();
  for (let round = 0; round < 500; round += 1) {
    const left = living(known);
    if (left.length === 0) break;
    for (const pid of left) kill(pid);
    await sleep(10);
  }
  for (const [program, ...words] of programs) {
    spawnSync(program, words, { env: { PATH }, stdio: "ignore", timeout: TIMEOUT });
  }
  removeFolder(folder);
  process.exit(0);
}

function kill(pid) {
  try {
    process.kill(pid, "SIGKILL");
  } catch {
    // It has ended.
  }
}

/**
 * The run's processes: those in its groups, and those that left them (a daemon's setsid) but have the marker.
 * An exiting process has no environment, but may still listen on a port: `known` processes count until the
 * kernel has closed their files.
 */
function living(known) {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => {
      const [state, , group] = read(pid, "stat").split(") ").at(-1).split(" ");
      if (state === "" || state === "Z" || state === "X") return false;
      const ours =
        known.has(pid) ||
        groups.has(pid) ||
        groups.has(Number(group)) ||
        read(pid, "environ").includes(marker);
      if (ours) known.add(pid);
      return ours;
    });
}

function read(pid, file) {
  try {
    return readFileSync(`/proc/${pid}/${file}`, "latin1");
  } catch {
    // It has ended, or belongs to another user.
    return "";
  }
}
