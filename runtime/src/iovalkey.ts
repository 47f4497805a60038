/**
 * iovalkey 0.4 through SRV records: what `srv-dialer/ioredis` is for ioredis. A dial ignores its `familyFallback`.
 *
 * @module srv-dialer/iovalkey
 */
import { type AbstractConnector, Redis, type RedisOptions } from "iovalkey";
import {
  type ConnectorClass,
  type SrvConnectorOptions,
  connectorClass,
} from "./ioredis/connector.ts";
import { optionsFor } from "./ioredis/create.ts";
import { discreet } from "./ioredis/secrets.ts";

export type * from "./base/types.ts";
export type { ConnectorClass, SrvConnectorOptions };

/** The `Connector` option of iovalkey. */
export type SrvConnectorClass = ConnectorClass<AbstractConnector>;

/** See `srvConnector` of `srv-dialer/ioredis`. @throws {SrvDialError} ERR_SRV_INVALID_ARG */
export function srvConnector(options?: SrvConnectorOptions): SrvConnectorClass {
  return connectorClass(options);
}

/** A `Connector` for iovalkey with default options. */
export const SrvConnector: SrvConnectorClass = /* @__PURE__ */ srvConnector();

const DiscreetRedis = /* @__PURE__ */ discreet(Redis as object as Parameters<typeof discreet>[0]);

/** See `createRedis` of `srv-dialer/ioredis`. @throws {SrvDialError} ERR_SRV_INVALID_ARG, without the password */
export function createRedis(
  url: string,
  redisOptions?: RedisOptions,
  dialerOptions?: SrvConnectorOptions,
): Redis {
  return new DiscreetRedis(optionsFor(url, redisOptions, dialerOptions)) as object as Redis;
}
