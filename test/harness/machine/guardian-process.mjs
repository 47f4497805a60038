// Outlives the harness by a moment: when the pipe to it closes, for whatever reason, everything the
// run started is killed and its folder removed. Runs in a session of its own, so that Ctrl-C in the
// terminal does not reach it.
//
// argv: the run's folder, the marker that every container's environment holds.
// stdin, one line each: "+PID" a process group was started, "-PID" it has gone.
// stdout: "ready", then "PID" for each "+PID" once it is remembered.
import { readdirSync, readFileSync, rmSync } from "node:fs";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";

const [, , folder, marker] = process.argv;
const groups = new Set();

for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => {});
// The harness may be gone when an answer is written.
process.stdout.on("error", () => {});

const lines = createInterface({ input: process.stdin });
lines.on("line", (line) => {
  const pid = Number(line.slice(1));
  if (line.startsWith("+")) {
    groups.add(pid);
    process.stdout.write(`${pid}\n`);
  } else groups.delete(pid);
});
lines.on("close", () => void reap());
process.stdout.write("ready\n");

/** Kills until nothing is left; what forks meanwhile is found by the next round. */
async function reap() {
  for (let round = 0; round < 100; round += 1) {
    for (const pid of groups) kill(-pid);
    const strays = marked();
    for (const pid of strays) kill(pid);
    if (strays.length === 0) break;
    await sleep(10);
  }
  rmSync(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 20 });
  process.exit(0);
}

function kill(pid) {
  try {
    process.kill(pid, "SIGKILL");
  } catch {
    // Gone already.
  }
}

/** Processes that left their group (a daemon's setsid) still carry the marker. */
function marked() {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name) && environment(name).includes(marker))
    .map(Number);
}

function environment(pid) {
  try {
    return readFileSync(`/proc/${pid}/environ`, "latin1");
  } catch {
    // Gone already, or another user's.
    return "";
  }
}
