/**
 * A DNS server with SRV records in the test's own process, for tests of an app that finds Redis or
 * another service through SRV records. Needs the optional peer `dns2`.
 *
 * dns2 compresses SRV targets, which RFC 2782 advises against. srv-dialer accepts that; Node's own
 * `dns.resolveSrv` does not from 22.23 on (https://github.com/nodejs/node/issues/66173).
 *
 * @module srv-dialer/testing
 */
import { checkInteger, invalidArg, isRecord, refuseUnknown } from "./base/checks.ts";
import { typeNumber } from "./dns/codec.ts";
import { type Fault, createFault, meets, spoil } from "./testing/faults.ts";
import { addressData, checkDnsName, checkTtl, srvData, ttlIn } from "./testing/records.ts";
import { type Exchange, startTransport } from "./testing/transport.ts";
import type {
  DnsQuery,
  FaultHandler,
  FaultKind,
  FaultOptions,
  SrvRecord,
} from "./testing/types.ts";
import { Zone, answer } from "./testing/zone.ts";

export type {
  DnsQuery,
  FaultContext,
  FaultHandler,
  FaultKind,
  FaultOptions,
  SrvRecord,
} from "./testing/types.ts";

/** Options of {@link startDnsServer}. */
export interface DnsServerOptions {
  /** UDP and TCP port on 127.0.0.1, 0 to 65535; 0 picks a free one. @default 0 */
  port?: number;
  /** How long a negative answer may be cached, in seconds: TTL and MINIMUM of its SOA. @default 10 */
  negativeTtl?: number;
}

/** A running server. Names are case-insensitive, with or without a trailing dot. */
export interface DnsServer extends AsyncDisposable {
  /** `"127.0.0.1:PORT"`, for `dnsResolver({ servers: [address] })`. */
  readonly address: string;
  /** UDP and TCP port. */
  readonly port: number;
  /** All queries so far, oldest first. Set `length` to 0 to clear them. */
  readonly queries: DnsQuery[];
  /** How long a negative answer may be cached, in seconds; may be changed at any time. */
  negativeTtl: number;
  /**
   * Replaces the SRV records of a name. The host `"."` means that the service is not available
   * (RFC 2782). With an empty list, the name exists without SRV records (NODATA).
   * @throws {SrvDialError} ERR_SRV_INVALID_ARG naming the field, what it got and what is allowed
   */
  setSrv(name: string, records: SrvRecord | readonly SrvRecord[]): void;
  /**
   * Replaces the A and AAAA records of a name.
   * @param ips IPv4 and IPv6 addresses
   * @param options.ttl seconds, 10 by default
   * @throws {SrvDialError} ERR_SRV_INVALID_ARG for an invalid name, address or TTL
   */
  setAddress(name: string, ips: string | readonly string[], options?: { ttl?: number }): void;
  /**
   * Makes a name an alias (CNAME) of another, and removes all its other records.
   * @param options.ttl seconds, 10 by default
   * @throws {SrvDialError} ERR_SRV_INVALID_ARG for an invalid name or TTL
   */
  setAlias(name: string, target: string, options?: { ttl?: number }): void;
  /**
   * Removes all records of a name: it then answers NXDOMAIN.
   * @throws {SrvDialError} ERR_SRV_INVALID_ARG for an invalid name
   */
  remove(name: string): void;
  /**
   * Sets a fault for the queries that `options` select, until the returned function is called or the
   * fault was applied `times` times. If several faults match a query, the last one is applied.
   * `fault(null)` removes all. Your own handler can send any bytes; if it throws, the error is an
   * unhandled rejection, so that the test fails.
   * @returns a function that ends the fault
   * @throws {SrvDialError} ERR_SRV_INVALID_ARG for an unknown fault or a wrong option
   */
  fault(act: FaultKind | FaultHandler | null, options?: FaultOptions): () => void;
  /** Closes both sockets and all connections; may be called more than once. @throws none */
  close(): Promise<void>;
}

/**
 * Starts a DNS server on 127.0.0.1, with UDP and TCP on the same port.
 *
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
export async function startDnsServer(options: DnsServerOptions = {}): Promise<DnsServer> {
  if (!isRecord(options)) throw invalidArg("options", options, "an object");
  refuseUnknown("", options, ["port", "negativeTtl"] satisfies (keyof DnsServerOptions)[]);
  const port = checkInteger("port", options.port, 0, 0, 65_535);
  const negativeTtl = checkTtl("negativeTtl", options.negativeTtl);
  const zone = new Zone();
  const queries: DnsQuery[] = [];
  const timers = new Set<NodeJS.Timeout>();
  let faults: Fault[] = [];

  function handle(exchange: Exchange): void {
    const { request, query, response } = exchange;
    queries.push(query);
    answer(zone, request, response, server.negativeTtl);
    const fault = faults.findLast((each) => meets(each, query));
    if (fault === undefined) return exchange.reply(response);
    fault.left--;
    const { delay = 0 } = fault.options;
    if (delay === 0) answerBadly(fault, exchange);
    else timers.add(setTimeout(() => answerBadly(fault, exchange), delay));
  }

  const transport = await startTransport(port, handle);
  const close = async (): Promise<void> => {
    for (const timer of timers) clearTimeout(timer);
    await transport.close();
  };
  const server: DnsServer = {
    address: `127.0.0.1:${transport.port}`,
    port: transport.port,
    queries,
    negativeTtl,
    ...records(zone),
    fault(act, faultOptions = {}) {
      if (act === null) {
        faults = [];
        return () => {};
      }
      const fault = createFault(act, faultOptions);
      faults.push(fault);
      return () => {
        faults = faults.filter((each) => each !== fault);
      };
    },
    close,
    [Symbol.asyncDispose]: close,
  };
  return server;
}

/** The methods that change the zone. */
function records(zone: Zone): Pick<DnsServer, "setSrv" | "setAddress" | "setAlias" | "remove"> {
  return {
    setSrv(name, given) {
      const data = srvData(name, given);
      zone.set(checkDnsName("name", name), typeNumber("SRV"), data);
    },
    setAddress(name, ips, options = {}) {
      const { A, AAAA } = addressData(name, ips, ttlIn(options));
      zone.set(checkDnsName("name", name), typeNumber("A"), A);
      zone.set(name, typeNumber("AAAA"), AAAA);
    },
    setAlias(name, target, options = {}) {
      const data = { ttl: ttlIn(options), domain: checkDnsName("target", target) };
      zone.set(checkDnsName("name", name), typeNumber("CNAME"), [data]);
    },
    remove(name) {
      zone.remove(checkDnsName("name", name));
    },
  };
}

function answerBadly({ act }: Fault, exchange: Exchange): void {
  const { query, response } = exchange;
  if (typeof act === "function") {
    const send = (message: Buffer): void => exchange.reply(message);
    void Promise.resolve().then(() => act({ query, answer: response.toBuffer(), send }));
    return;
  }
  const reply = spoil(act, response, query);
  if (reply === "reset") exchange.reset();
  else if (reply !== "silence") exchange.reply(reply);
}
