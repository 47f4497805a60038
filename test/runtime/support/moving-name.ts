import { startDnsServer } from "../../../runtime/src/testing.ts";
import { HOST, NAME } from "./dialing.ts";

/** A server that can move to another port. */
interface Moving {
  readonly port: number;
  move(): Promise<void>;
}

/** A DNS name for a server that moves. Its records have a TTL of 0. */
export async function startNameOf(server: Moving, name = NAME) {
  const dns = await startDnsServer();
  const lead = (): void => dns.setSrv(name, { host: HOST, port: server.port, ttl: 0 });
  dns.setAddress(HOST, "127.0.0.1");
  lead();
  return {
    dns,
    [Symbol.asyncDispose]: () => dns.close(),
    /** No records exist until the new task runs, as in ECS. */
    async move() {
      dns.remove(name);
      await server.move();
      lead();
    },
  };
}
