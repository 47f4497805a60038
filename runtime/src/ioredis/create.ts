import { invalidArg, isRecord, withoutUndefined } from "../base/checks.ts";
import { Shared, keyOf } from "../base/shared.ts";
import { parseRedisUrl } from "../redis/url.ts";
import type { ClientOptions } from "./client-options.ts";
import { type ConnectorClass, type SrvConnectorOptions, connectorClass } from "./connector.ts";
import { retryDefaults } from "./retry.ts";

/** These would override the host of `redis://host`. With an SRV name, the connector refuses the first two. */
const NOT_FOR_PLAIN_URLS = { path: undefined, sentinels: undefined, Connector: undefined };

const connectors = /* @__PURE__ */ new Shared<ConnectorClass<object>>();

/** The options of a client for a Redis URL: see `createRedis` of the entries. */
export function optionsFor(
  url: string,
  given: Pick<ClientOptions, "connectTimeout" | "retryStrategy" | "tls"> = {},
  dialerOptions: SrvConnectorOptions = {},
): object {
  const { srv, tls, ...fromUrl } = parseRedisUrl(url);
  // Made for every scheme, so that wrong options fail in every environment.
  const create = (): ConnectorClass<object> => connectorClass(dialerOptions);
  const Connector = isRecord(dialerOptions)
    ? connectors.of(keyOf(dialerOptions), create)
    : create();
  // The value is not shown: it may hold a password.
  if (!isRecord(given)) {
    throw invalidArg("redisOptions", typeof given, "the options of the client, an object");
  }
  return {
    ...retryDefaults(given, srv ? dialerOptions : { wait: false }),
    ...withoutUndefined(given),
    ...fromUrl,
    ...(tls ? { tls: isRecord(given.tls) ? given.tls : {} } : {}),
    ...(srv ? { Connector } : NOT_FOR_PLAIN_URLS),
  };
}
