import { spawn } from "node:child_process";
import { createSocket } from "node:dgram";
import { Resolver } from "node:dns/promises";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { ADDRESS, NAME, TARGET } from "./network.ts";

/** ms */
const START_TIMEOUT = 10_000;
const POLL_INTERVAL = 20;

/** A real resolver with the records of the benchmark's service in a local zone. */
export interface Unbound extends AsyncDisposable {
  /** `ip:port` */
  readonly dns: string;
}

/**
 * @param program path of unbound
 * @param tcpPort port of the service
 * @throws {Error} with the output of unbound, if it exits or does not answer within 10 s
 */
export async function startUnbound(
  program: string,
  tcpPort: number,
  signal: AbortSignal,
): Promise<Unbound> {
  const folder = mkdtempSync(join(tmpdir(), "bench-unbound-"));
  const port = await freeUdpPort();
  const file = join(folder, "unbound.conf");
  writeFileSync(file, configuration(folder, port, tcpPort));
  // `-d` keeps it in the foreground, as a child of this process.
  const child = spawn(program, ["-d", "-c", file], { stdio: ["ignore", "ignore", "pipe"] });
  let output = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => (output += text));
  child.once("error", (error) => (output += error.message));
  const gone = once(child, "close").catch(() => {});
  const dispose = async (): Promise<void> => {
    child.kill("SIGKILL");
    await gone;
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    const dns = `127.0.0.1:${port}`;
    await Promise.race([
      untilAnswers(dns, AbortSignal.any([signal, AbortSignal.timeout(START_TIMEOUT)])),
      gone.then(() => Promise.reject(new Error("it exited"))),
    ]);
    return { dns, [Symbol.asyncDispose]: dispose };
  } catch (error) {
    await dispose();
    signal.throwIfAborted();
    throw new Error(`unbound did not start: ${output.trim()}`, { cause: error });
  }
}

/** Without privileges, daemon and remote control; without DNSSEC, which a local zone does not have. */
function configuration(folder: string, port: number, tcpPort: number): string {
  return `
server:
  directory: "${folder}"
  chroot: ""
  username: ""
  pidfile: ""
  use-syslog: no
  logfile: ""
  verbosity: 0
  interface: 127.0.0.1
  port: ${port}
  do-ip6: no
  do-tcp: no
  num-threads: 1
  module-config: "iterator"
  local-zone: "${NAME}." static
  local-data: "${NAME}. 60 IN SOA ns.${NAME}. hostmaster.${NAME}. 1 3600 600 86400 5"
  local-data: "${NAME}. 60 IN SRV 1 1 ${tcpPort} ${TARGET}."
  local-data: "${TARGET}. 60 IN A ${ADDRESS}"
remote-control:
  control-enable: no
`;
}

async function untilAnswers(dns: string, signal: AbortSignal): Promise<void> {
  const resolver = new Resolver({ timeout: 200, tries: 1 });
  resolver.setServers([dns]);
  for (;;) {
    try {
      await resolver.resolveSrv(NAME);
      return;
    } catch {
      await sleep(POLL_INTERVAL, undefined, { signal });
    }
  }
}

/** A free UDP port of 127.0.0.1. */
async function freeUdpPort(): Promise<number> {
  const socket = createSocket("udp4");
  socket.bind(0, "127.0.0.1");
  await once(socket, "listening");
  const { port } = socket.address();
  await new Promise<void>((resolve) => socket.close(resolve));
  return port;
}
