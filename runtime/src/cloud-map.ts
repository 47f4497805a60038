/**
 * Finds targets through the Cloud Map API, as the second resolver in a list. It knows the new endpoint of a moved
 * task immediately, while DNS may still answer that the name does not exist, or give the old port. Needs the optional
 * peer `@aws-sdk/client-servicediscovery`, the permission `servicediscovery:DiscoverInstances`, and network access to
 * the API: NAT or the interface endpoint `data-servicediscovery`.
 *
 * @module srv-dialer/cloud-map
 */
import { checkOptions, invalidArg } from "./base/checks.ts";
import { systemClock } from "./base/time.ts";
import type { SrvResolver } from "./base/types.ts";
import { type CloudMapClient, apiThrough, warningOnce } from "./cloud-map/api.ts";
import { createCloudMapResolver } from "./cloud-map/resolver.ts";

export type * from "./base/types.ts";
export type { CloudMapClient };

/** Options of `cloudMapResolver`. */
export interface CloudMapResolverOptions {
  /** With `maxAttempts: 1`: the dialer decides when to retry. @default one of the environment, when it is needed */
  client?: CloudMapClient;
  /** The `HttpName` of the namespace, if it differs from the name. @default the labels after the service name */
  namespace?: string;
  /** Name of the Cloud Map service. @default the first label; the first two for `_redis._tcp.example.com` */
  service?: string;
}

/**
 * A resolver that asks DiscoverInstances for the healthy instances, or for all if none is healthy, like Cloud Map's
 * DNS. Instances without the attribute AWS_INSTANCE_PORT, which ECS sets for a service registry with a container
 * port, are left out; if no instance has it, that is an error. One call gives up to 1000 instances.
 * For each service there is at most one call at a time and one a second, which all share. After throttling, the API is
 * not called for 1 to 6 s: the quota is shared by the account. If the API cannot be asked (no SDK, region, permission
 * or route), `process` emits one warning with the code SRV_CLOUD_MAP, which says what to do. The dialer continues. A call
 * ends after 5 s; it rejects with ERR_SRV_NO_RECORDS when there is no such namespace or service, else with ERR_SRV_RESOLVE.
 *
 * @see https://docs.aws.amazon.com/cloud-map/latest/api/API_DiscoverInstances.html
 * @throws {SrvDialError} ERR_SRV_INVALID_ARG naming the option, what it got and what is allowed
 * @example
 * import { createSrvDialer, dnsResolver } from "srv-dialer";
 * import { cloudMapResolver } from "srv-dialer/cloud-map";
 *
 * // The API is asked when DNS has no records, fails, or none of its targets can be reached.
 * const resolver = [dnsResolver(), cloudMapResolver()];
 * const dialer = createSrvDialer("dev-redis.dev-ecs", { resolver });
 * const socket = await dialer.connect();
 * console.log(socket.remotePort);
 * socket.destroy();
 * dialer.close();
 */
export function cloudMapResolver(options: CloudMapResolverOptions = {}): SrvResolver {
  checkOptions(options, ["client", "namespace", "service"]);
  const { client, ...given } = options;
  for (const [name, value = "none"] of Object.entries(given)) {
    if (typeof value === "string" && value !== "") continue;
    throw invalidArg(name, value, "a non-empty string");
  }
  if (client !== undefined && typeof client?.send !== "function") {
    // The value is not shown: a client holds credentials.
    throw invalidArg("client", typeof client, "a ServiceDiscoveryClient");
  }
  const means = { clock: systemClock, random: Math.random, onFailure: warningOnce() };
  return createCloudMapResolver({ ...apiThrough(client), given, ...means });
}
