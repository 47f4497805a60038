/**
 * A DNS server in the test's own process, for an app that finds a service through SRV records. Needs the peer `dns2`.
 *
 * dns2 compresses SRV targets, which RFC 2782 advises against. srv-dialer accepts that; `dns.resolveSrv` of
 * Node.js 22.23.3, 24.20 to 24.21 and 26.7 to 26.10 does not (https://github.com/nodejs/node/issues/66173).
 *
 * @module srv-dialer/testing
 */
import { checkInteger, checkOptions } from "./base/checks.ts";
import { systemClock } from "./base/time.ts";
import { type Fault, createFault } from "./testing/faults.ts";
import { startTransport } from "./testing/transport.ts";
import type { DnsQuery, DnsServer } from "./testing/types.ts";
import { createZone } from "./testing/zone.ts";

export type { SrvTarget } from "./base/types.ts";
export type * from "./testing/types.ts";

/**
 * Starts a DNS server on 127.0.0.1, with UDP and TCP on the same port.
 * @param options.port 0 to 65535; 0, the default, picks a free one
 * @throws {SrvDialError} ERR_SRV_INVALID_ARG naming the option, what it got and what is allowed
 * @throws {Error} `EADDRINUSE` if the port is in use; a message that names `dns2` if that is not installed
 * @example
 * import { createSrvDialer, dnsResolver } from "srv-dialer";
 * import { startDnsServer } from "srv-dialer/testing";
 *
 * const dns = await startDnsServer();
 * dns.setSrv("dev-redis.dev-ecs", { host: "redis.internal", port: 6379 });
 * const resolver = dnsResolver({ servers: [dns.address] });
 * const [target] = await createSrvDialer("dev-redis.dev-ecs", { resolver }).resolve();
 * console.log(target?.port); // 6379
 * await dns.close();
 */
export async function startDnsServer(options: { port?: number } = {}): Promise<DnsServer> {
  checkOptions(options, ["port"]);
  const port = checkInteger("port", options.port, 0, 0, 65_535);
  const { answer, ...records } = createZone();
  const queries: DnsQuery[] = [];
  let faults: Fault[] = [];

  const { port: bound, close } = await startTransport(port, (request) => {
    const { query, response, send } = request;
    queries.push(query);
    answer(response);
    const fault = faults.findLast((each) => each.takes(query));
    if (fault === undefined) return send(response);
    if (fault.delay === 0) return fault.answer(request);
    systemClock.setTimeout(() => fault.answer(request), fault.delay);
  });
  return {
    address: `127.0.0.1:${bound}`,
    port: bound,
    queries,
    ...records,
    fault(act, faultOptions = {}) {
      const fault = act === null ? undefined : createFault(act, faultOptions);
      faults = fault === undefined ? [] : [...faults, fault];
      return () => {
        faults = faults.filter((each) => each !== fault);
      };
    },
    close,
    [Symbol.asyncDispose]: close,
  };
}
