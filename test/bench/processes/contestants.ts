import type { LookupAddress } from "node:dns";
import { Resolver } from "node:dns/promises";
import { type LookupFunction, type Socket, connect } from "node:net";
import { createSrvDialer, dnsResolver } from "srv-dialer";

/** Where to connect, told in every way that a contestant may need. */
export interface Destination {
  /** `ip:port` of the DNS server. */
  readonly server: string;
  /** SRV name. */
  readonly name: string;
  readonly address: string;
  readonly port: number;
  readonly family: 4 | "both";
}

export type Contestant = () => Promise<Socket>;

/** Deadline in ms of every dial, the same for all. */
const TIMEOUT = 10_000;

/** Each is made once a process, and then connects as often as it is called. */
export const contestants = {
  /** What cannot be done without: a connect to a known address, and a deadline. */
  "net.connect":
    ({ address, port }: Destination): Contestant =>
    () =>
      connected(connect({ host: address, port })),

  "srv-dialer, warm": ({ server, name, family }: Destination): Contestant => {
    const resolver = dnsResolver({ servers: [server] });
    const dialer = createSrvDialer(name, { resolver, family, timeout: TIMEOUT });
    return () => dialer.connect();
  },

  /** A dialer that knows nothing yet, each time. */
  "srv-dialer, cold": ({ server, name, family }: Destination): Contestant => {
    const resolver = dnsResolver({ servers: [server] });
    return () => createSrvDialer(name, { resolver, family, timeout: TIMEOUT }).connect();
  },

  /** The original dialer: look the records up, take the first, connect to its target. */
  "resolveSrv + net.connect": ({ server, name, family }: Destination): Contestant => {
    const resolver = new Resolver();
    resolver.setServers([server]);
    const lookup = lookupThrough(resolver, family);
    return async () => {
      const [first] = await resolver.resolveSrv(name);
      if (first === undefined) throw new Error(`${name} has no SRV records`);
      return connected(connect({ host: first.name, port: first.port, lookup }));
    };
  },
} satisfies Record<string, (destination: Destination) => Contestant>;

export type ContestantName = keyof typeof contestants;

/** What a program writes around `net.connect` at the least. */
function connected(socket: Socket): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => settle(new Error(`no connect in ${TIMEOUT} ms`)), TIMEOUT);
    const settle = (error?: Error): void => {
      clearTimeout(timer);
      socket.off("connect", onConnect).off("error", settle);
      if (error === undefined) return resolve(socket);
      socket.on("error", () => {}).destroy();
      reject(error);
    };
    const onConnect = (): void => settle();
    socket.on("connect", onConnect).on("error", settle);
  });
}

/**
 * The target's addresses from the same server. The system's `getaddrinfo` asks for A and AAAA side
 * by side as well, but only of the servers in resolv.conf.
 */
function lookupThrough(resolver: Resolver, family: Destination["family"]): LookupFunction {
  return (host, _options, callback) => {
    void addressesOf(resolver, host, family).then(
      // Node asks for a list, since it tries the addresses in turn.
      (addresses) => process.nextTick(callback, null, addresses),
      (error: unknown) => process.nextTick(callback, error),
    );
  };
}

async function addressesOf(
  resolver: Resolver,
  host: string,
  family: Destination["family"],
): Promise<LookupAddress[]> {
  const [v6, v4] = await Promise.all([
    family === 4 ? [] : resolver.resolve6(host).catch(noAddresses),
    resolver.resolve4(host),
  ]);
  return [
    ...v6.map((address) => ({ address, family: 6 })),
    ...v4.map((address) => ({ address, family: 4 })),
  ];
}

function noAddresses(): string[] {
  return [];
}
