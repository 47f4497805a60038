import { Resolver } from "node:dns/promises";
import { type LookupFunction, type Socket, connect } from "node:net";
import { callbackify } from "node:util";
import { createSrvDialer, dnsResolver } from "srv-dialer";

/** Where to connect, in all forms that contestants need. */
export interface Destination {
  /** `ip:port` of the DNS servers, in order. */
  readonly servers: readonly string[];
  /** SRV name. */
  readonly name: string;
  /** The port of its target, which is on this machine. */
  readonly port: number;
  /** All dials of the process share one signal, as in a program that aborts them on shutdown. */
  readonly oneSignal?: boolean;
  /** `cache.maxTtl` of a warm dialer, in ms. @default the dialer's default */
  readonly maxTtl?: number;
}

export type Contestant = () => Promise<Socket>;
export type ContestantName = keyof typeof contestants;

/** Deadline in ms of every dial, the same for all. */
const TIMEOUT = 10_000;

const { signal } = new AbortController();

/** Each is created once per process, and connects at each call. */
export const contestants = {
  /** The minimum: a connect to a known address, with a deadline. */
  "net.connect": ({ port }) => {
    return () => connected(connect({ host: "127.0.0.1", port }));
  },

  "srv-dialer, warm": ({ servers, name, maxTtl, oneSignal }) => {
    const cache = maxTtl === undefined ? {} : { cache: { maxTtl } };
    const options = { resolver: dnsResolver({ servers }), timeout: TIMEOUT, ...cache };
    const dialer = createSrvDialer(name, options);
    const call = oneSignal ? { signal } : {};
    return () => dialer.connect(call);
  },

  /** A new dialer for each connect. */
  "srv-dialer, cold": ({ servers, name, oneSignal }) => {
    const options = { resolver: dnsResolver({ servers }), timeout: TIMEOUT };
    const call = oneSignal ? { signal } : {};
    return () => createSrvDialer(name, options).connect(call);
  },

  /** The original dialer: looks up the records and connects to the first target. */
  "resolveSrv + net.connect": ({ servers, name }) => {
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

/** The minimal code around `net.connect`. */
function connected(socket: Socket): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => socket.destroy(new Error("no connect in time")), TIMEOUT);
    const fail = (error: Error): void => {
      clearTimeout(timer);
      reject(error);
    };
    socket.once("error", fail).once("connect", () => {
      clearTimeout(timer);
      socket.off("error", fail);
      resolve(socket);
    });
  });
}

/** Queries A and AAAA in parallel, like `getaddrinfo`, which asks only the servers of resolv.conf. */
function lookupThrough(resolver: Resolver): LookupFunction {
  // It is called with options too, which do not matter here.
  return callbackify(async (host: string) => {
    const v6 = resolver.resolve6(host).catch(() => []);
    const [v4] = await Promise.all([resolver.resolve4(host), v6]);
    // The targets have no IPv6 addresses. Node.js expects a list, because it tries the addresses in turn.
    return v4.map((address) => ({ address, family: 4 }));
  }) as unknown as LookupFunction;
}
