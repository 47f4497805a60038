import { subscribe, unsubscribe } from "node:diagnostics_channel";

// Preloaded into a program: sends SIGINT when the program starts its first child process.

const CHANNEL = "child_process";

function interrupt() {
  // A child process before the program's signal handler is its loader.
  if (process.listenerCount("SIGINT") === 0) return;
  unsubscribe(CHANNEL, interrupt);
  process.kill(process.pid, "SIGINT");
}

subscribe(CHANNEL, interrupt);
