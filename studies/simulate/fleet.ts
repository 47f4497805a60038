import type { Socket } from "node:net";
import type { SrvResolver } from "../../runtime/src/base/types.ts";
import { createCloudMapResolver } from "../../runtime/src/cloud-map/resolver.ts";
import type { Settings } from "../../runtime/src/base/settings.ts";
import { parseOptions } from "../../runtime/src/dialer/options.ts";
import { createResolver } from "../../runtime/src/dns/resolver.ts";
import type { Ask } from "../../runtime/src/dns/exchange.ts";
import { fixedServers } from "../../runtime/src/dns/servers.ts";
import { verifyRedis } from "../../runtime/src/redis/verify.ts";
import { randomOf } from "../../harness/plays/stage/random.ts";
import { VirtualClock } from "./virtual-clock.ts";
import type { Assumptions } from "./assumptions.ts";
import { Client } from "./client.ts";
import { RedisServer } from "./network/redis-server.ts";
import { type Instance, Registry } from "./network/registry.ts";
import { VpcResolver } from "./network/vpc-resolver.ts";

export interface FleetOptions {
  /** Processes with one client each. */
  readonly clients: number;
  /** Clients on one host, behind one network interface. */
  readonly perHost: number;
  readonly seed: number;
  readonly assumptions: Assumptions;
  /** Whether the clients also query the Cloud Map API. */
  readonly cloudMap: boolean;
  /** Whether each process looks again after random pauses of its own, or all after the same pauses. */
  readonly pace: "own" | "fixed";
}

export const NAME = "dev-redis.dev-ecs";

/** All processes of an account that use one Redis, with the network between them. */
export class Fleet {
  readonly clock = new VirtualClock();
  readonly registry: Registry;
  readonly dns: VpcResolver;
  readonly clients: readonly Client[];
  /** The last time at which each client was ready, in ms, by the client's index. */
  readonly readyAt: number[] = [];
  readonly random: () => number;
  readonly #options: FleetOptions;
  readonly #servers = new Map<string, RedisServer>();

  constructor(options: FleetOptions) {
    const { assumptions, clients, perHost, seed } = options;
    this.#options = options;
    this.random = randomOf(seed, "simulate");
    this.registry = new Registry(this.clock, assumptions);
    this.dns = new VpcResolver(this.clock, assumptions, this.registry, NAME);
    const hosts = Array.from({ length: Math.ceil(clients / perHost) }, () =>
      this.dns.throughInterface(),
    );
    this.clients = Array.from({ length: clients }, (_, index) => {
      const ask = hosts[Math.floor(index / perHost)];
      if (ask === undefined) throw new Error("bug: a client has no host");
      return this.#client(ask, index);
    });
  }

  /** Registers a Redis, which does not listen yet. */
  startRedis(instance: Instance): RedisServer {
    const server = new RedisServer(this.clock, this.#options.assumptions);
    this.#servers.set(`${instance.address}:${instance.port}`, server);
    this.registry.set(instance);
    return server;
  }

  #client(ask: Ask, index: number): Client {
    return new Client({
      clock: this.clock,
      settings: this.#settings(ask),
      onReady: () => (this.readyAt[index] = this.clock.now()),
    });
  }

  /** The dialer's settings, with the clock and the network of the simulation. */
  #settings(ask: Ask): Settings {
    const { clock } = this;
    const random = this.#options.pace === "fixed" ? () => 0.5 : this.random;
    const servers = fixedServers(["10.0.0.2"], clock);
    const dns = createResolver({ servers, timeout: 1_000, tries: 3, clock, ask });
    const { discover } = this.registry;
    const calls = { discover, load: () => Promise.resolve(), onFailure: () => {} };
    const api = (): SrvResolver => createCloudMapResolver({ ...calls, given: {}, clock, random });
    return {
      ...parseOptions(NAME, { resolver: this.#options.cloudMap ? [dns, api()] : dns, wait: true }),
      random,
      verify: verifyRedis,
      clock,
      connect: ({ host, port }) => this.#connect(`${host}:${port}`),
    };
  }

  #connect(endpoint: string): Socket {
    const server = this.#servers.get(endpoint);
    if (server === undefined) throw new Error(`no server was ever at ${endpoint}`);
    // It has all members of a socket that the dialer uses.
    return server.connect() as unknown as Socket;
  }
}
