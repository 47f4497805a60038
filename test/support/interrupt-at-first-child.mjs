import { subscribe, unsubscribe } from "node:diagnostics_channel";

// Preloaded into a program: presses Ctrl-C, so to speak, when it starts the first process of its own.

const CHANNEL = "child_process";

function interrupt() {
  // Whatever starts a process before the program listens is its loader.
  if (process.listenerCount("SIGINT") === 0) return;
  unsubscribe(CHANNEL, interrupt);
  process.kill(process.pid, "SIGINT");
}

subscribe(CHANNEL, interrupt);
