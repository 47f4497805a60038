// A name that moves from one server to another.
import { dnsResolver } from "../../../runtime/src/dns/resolver.ts";
import { HOST, NAME, dnsTo } from "./dialing.ts";

/** How long a DNS answer is cached, in ms. */
const TTL = 100;

interface Server {
  readonly port: number;
}

/** {@link NAME} with records of the first server until it moves, and the options of a client for it. */
export async function nameOf(first: Server, second: Server) {
  const dns = await dnsTo();
  const leadTo = ({ port }: Server): void => {
    dns.setSrv(NAME, { host: HOST, port, ttl: 0 });
  };
  leadTo(first);
  return {
    options: { resolver: dnsResolver({ servers: [dns.address] }), cache: { minTtl: TTL } },
    move: () => leadTo(second),
    [Symbol.asyncDispose]: () => dns.close(),
  };
}
