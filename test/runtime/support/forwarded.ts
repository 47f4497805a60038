import { startDnsServer, type DnsServer } from "../../../runtime/src/testing.ts";
import { type Installation, listening, type Running } from "./installed.ts";

export const NAME = "dev-redis.dev-ecs";
const ANY_PORT = "127.0.0.1:0";

/** Timeout for each step of a command, in ms. */
export const WAIT = { timeout: 30_000, interval: 5 };

export function lead(dns: DnsServer, ...ports: readonly number[]): void {
  const common = { host: "a1.dev-ecs", addresses: ["127.0.0.1"], ttl: 1 };
  dns.setSrv(
    NAME,
    ports.map((port, priority) => ({ ...common, port, priority })),
  );
}

/** A running forward, its DNS server and its address. */
export interface Forwarded extends AsyncDisposable {
  readonly dns: DnsServer;
  readonly command: Running;
  readonly where: string;
}

/** Starts `srv-dialer forward` to ports of this machine. */
export async function forward(
  cli: Installation,
  ports: readonly number[],
  { listen = ANY_PORT, options = [] as readonly string[], env = {} } = {},
): Promise<Forwarded> {
  const dns = await startDnsServer();
  if (ports.length > 0) lead(dns, ...ports);
  const args = ["forward", NAME, "--listen", listen, "--server", dns.address, ...options];
  const command = cli.start(args, env);
  const end = async (): Promise<void> => {
    await command[Symbol.asyncDispose]();
    await dns.close();
  };
  try {
    return { dns, command, where: await listening(command), [Symbol.asyncDispose]: end };
  } catch (error) {
    await end();
    throw error;
  }
}
