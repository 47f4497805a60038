/**
 * iovalkey 0.4 through SRV records: what `srv-dialer/ioredis` is for ioredis. A dial ignores its `familyFallback`.
 *
 * @module srv-dialer/iovalkey
 */
import { type AbstractConnector, Redis, type RedisOptions } from "iovalkey";
import { type ConnectorClass, connectorClass } from "./ioredis/connector.ts";
import { optionsFor } from "./ioredis/create.ts";
import type { SrvConnectorOptions } from "./ioredis/dialers.ts";
import { discreet } from "./ioredis/secrets.ts";

export type { SrvConnectorOptions };

/** The `Connector` option of iovalkey. */
export type SrvConnectorClass = ConnectorClass<AbstractConnector>;

/**
 * Creates a `Connector` for iovalkey, with which `host` is an SRV name: see `srvConnector` of `srv-dialer/ioredis`.
 * @throws {SrvDialError} ERR_SRV_INVALID_ARG naming the option, what it got and what is allowed
 */
export function srvConnector(options?: SrvConnectorOptions): SrvConnectorClass {
  return connectorClass(options);
}

/** A `Connector` for iovalkey with default options. */
export const SrvConnector: SrvConnectorClass = /* @__PURE__ */ srvConnector();

const DiscreetRedis = /* @__PURE__ */ discreet(Redis as object as Parameters<typeof discreet>[0]);

/**
 * Creates a client for a Redis URL: see `createRedis` of `srv-dialer/ioredis`.
 * @throws {SrvDialError} ERR_SRV_INVALID_ARG; it never contains the password
 */
export function createRedis(
  url: string,
  redisOptions?: RedisOptions,
  dialerOptions?: SrvConnectorOptions,
): Redis {
  return new DiscreetRedis(optionsFor(url, redisOptions, dialerOptions)) as object as Redis;
}
