import type { LookupAddress } from "node:dns";
import { Resolver } from "node:dns/promises";
import { type LookupFunction, type Socket, connect } from "node:net";
import { type SrvDialer, createSrvDialer, dnsResolver } from "srv-dialer";

/** Where to connect, in all forms that contestants need. */
export interface Destination {
  /** `ip:port` of the DNS servers, in order. */
  readonly servers: readonly string[];
  /** SRV name. */
  readonly name: string;
  /** Target of its record. */
  readonly target: string;
  readonly address: string;
  readonly port: number;
  /** All dials of the process share one signal, as in a program that aborts them on shutdown. */
  readonly oneSignal?: boolean;
  /** `cache.maxTtl` of a warm dialer, in ms. @default the dialer's default */
  readonly maxTtl?: number;
}

export type Contestant = () => Promise<Socket>;

/** Deadline in ms of every dial, the same for all. */
const TIMEOUT = 10_000;

const { signal } = new AbortController();

/** Each is created once per process, and connects at each call. */
export const contestants = {
  /** The minimum: a connect to a known address, with a deadline. */
  "net.connect":
    ({ address, port }: Destination): Contestant =>
    () =>
      connected(connect({ host: address, port })),

  "srv-dialer, warm": (destination: Destination): Contestant => {
    const dialer = dialerOf(destination);
    const options = callOptions(destination);
    return () => dialer.connect(options);
  },

  /** A new dialer for each connect. */
  "srv-dialer, cold": (destination: Destination): Contestant => {
    const { servers, name } = destination;
    const resolver = dnsResolver({ servers });
    const options = callOptions(destination);
    return () => createSrvDialer(name, { resolver, timeout: TIMEOUT }).connect(options);
  },

  /** The original dialer: looks up the records and connects to the first target. */
  "resolveSrv + net.connect": ({ servers, name }: Destination): Contestant => {
    const resolver = new Resolver();
    resolver.setServers(servers);
    const lookup = lookupThrough(resolver);
    return async () => {
      const [first] = await resolver.resolveSrv(name);
      if (first === undefined) throw new Error(`${name} has no SRV records`);
      return connected(connect({ host: first.name, port: first.port, lookup }));
    };
  },
} satisfies Record<string, (destination: Destination) => Contestant>;

export type ContestantName = keyof typeof contestants;

function dialerOf({ servers, name, maxTtl }: Destination): SrvDialer {
  return createSrvDialer(name, {
    resolver: dnsResolver({ servers }),
    timeout: TIMEOUT,
    ...(maxTtl === undefined ? {} : { cache: { maxTtl } }),
  });
}

function callOptions({ oneSignal = false }: Destination): { signal?: AbortSignal } {
  return oneSignal ? { signal } : {};
}

/** The minimal code around `net.connect`. */
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
 * Looks up the target's addresses on the same server. `getaddrinfo` also queries A and AAAA in parallel, but only
 * on the servers in resolv.conf.
 */
function lookupThrough(resolver: Resolver): LookupFunction {
  return (host, _options, callback) => {
    void addressesOf(resolver, host).then(
      // Node.js expects a list, because it tries the addresses in turn.
      (addresses) => process.nextTick(callback, null, addresses),
      (error: unknown) => process.nextTick(callback, error),
    );
  };
}

async function addressesOf(resolver: Resolver, host: string): Promise<LookupAddress[]> {
  const [v6, v4] = await Promise.all([
    resolver.resolve6(host).catch(() => []),
    resolver.resolve4(host),
  ]);
  return [
    ...v6.map((address) => ({ address, family: 6 })),
    ...v4.map((address) => ({ address, family: 4 })),
  ];
}
