import childProcess from "node:child_process";
import dgram from "node:dgram";
import { syncBuiltinESMExports } from "node:module";
import net from "node:net";

/** A test that waits for the machine is slow, and would fail by chance: each mutant runs it. */
function refuse(): never {
  throw new Error("npm run mutation takes pure tests alone: no socket, no process");
}

net.Socket.prototype.connect = refuse;
net.Server.prototype.listen = refuse;
dgram.createSocket = refuse;
for (const name of [
  "spawn",
  "spawnSync",
  "exec",
  "execSync",
  "execFile",
  "execFileSync",
  "fork",
] as const) {
  childProcess[name] = refuse as never;
}
syncBuiltinESMExports();
