/**
 * Finds targets through the Cloud Map API. Its answers know of a moved task at once, where DNS still
 * says no (negative caching), or the old port (TTL): as the second in a list it takes over then.
 *
 * Needs the optional peer `@aws-sdk/client-servicediscovery`, the permission
 * `servicediscovery:DiscoverInstances`, and a way to the API: NAT or the interface endpoint
 * `data-servicediscovery`.
 *
 * @module srv-dialer/cloud-map
 */
import { invalidArg, isRecord, refuseUnknown } from "./base/checks.ts";
import { systemClock } from "./base/clock.ts";
import type { ResolveContext, SrvAnswer, SrvResolver } from "./base/types.ts";
import { type CloudMapClient, cloudMapApi } from "./cloud-map/api.ts";
import { createCloudMapResolver } from "./cloud-map/resolver.ts";

export type { CloudMapClient };

/** Options of `cloudMapResolver`. */
export interface CloudMapResolverOptions {
  /**
   * A `ServiceDiscoveryClient`. Give it `maxAttempts: 1`: the pace of retries belongs to the dialer's
   * caller, and the SDK's own would be further calls within the second.
   * @default one with region and credentials of the environment, made when it is first needed
   */
  client?: CloudMapClient;
  /**
   * Name of the Cloud Map namespace: its `HttpName`, which Cloud Map makes another one than its name
   * when that name was in use before.
   * @default the labels after the service's
   */
  namespace?: string;
  /** Name of the Cloud Map service. @default the first label; of `_redis._tcp.example.com` the first two */
  service?: string;
}

/** A resolver whose caller need not have a signal. */
export interface CloudMapResolver extends SrvResolver {
  /**
   * Finds the instances. A service without any is an answer without targets. A call ends after 5 s.
   * @throws {SrvDialError} ERR_SRV_NO_RECORDS when there is no such namespace or service, ERR_SRV_RESOLVE
   * for every other error of the API; the signal's reason once it is aborted
   */
  resolve(name: string, context?: Partial<ResolveContext>): Promise<SrvAnswer>;
}

/**
 * A resolver that asks DiscoverInstances for the healthy instances, or for all when none is healthy,
 * as Cloud Map's DNS does. Instances need the attribute AWS_INSTANCE_PORT, which ECS sets for a
 * service registry with a container port; those without are left out, and when all are without,
 * that is an error.
 *
 * For one service, at most one call is in flight and one a second is made; a question within the
 * second gets its outcome. One call gives up to 1000 instances. A service without instances has no
 * records. A namespace or service that does not exist has none either: `resolve` rejects with
 * ERR_SRV_NO_RECORDS, to say which. Every other error (throttling, no permission, no region) rejects
 * with ERR_SRV_RESOLVE. After throttling the API is not called for 0.5 to 1.5 s, and for up to 6 s when
 * that goes on: the quota is the account's.
 *
 * @see https://docs.aws.amazon.com/cloud-map/latest/api/API_DiscoverInstances.html
 * @throws {SrvDialError} ERR_SRV_INVALID_ARG naming the option, what it got and what is allowed
 * @example
 * import { createSrvDialer, dnsResolver } from "srv-dialer";
 * import { cloudMapResolver } from "srv-dialer/cloud-map";
 *
 * // The API is asked when DNS has no records, fails, or leads to no connection.
 * const resolver = [dnsResolver(), cloudMapResolver()];
 * const dialer = createSrvDialer("dev-redis.dev-ecs", { resolver });
 * const socket = await dialer.connect();
 * console.log(socket.remotePort);
 * socket.destroy();
 * dialer.close();
 */
export function cloudMapResolver(options: CloudMapResolverOptions = {}): CloudMapResolver {
  if (!isRecord(options)) throw invalidArg("options", options, "an object");
  refuseUnknown("", options, [
    "client",
    "namespace",
    "service",
  ] satisfies (keyof CloudMapResolverOptions)[]);
  const namespace = checkNameOption("namespace", options.namespace);
  const service = checkNameOption("service", options.service);
  const discover = cloudMapApi(checkClient(options.client));
  const given = { service, namespace };
  return createCloudMapResolver({ discover, given, clock: systemClock, random: Math.random });
}

function checkClient(client: unknown): CloudMapClient | undefined {
  if (client === undefined) return undefined;
  const isClient = isRecord(client) && typeof client["send"] === "function";
  // Not shown: a client holds credentials.
  if (!isClient) throw invalidArg("client", typeof client, "a ServiceDiscoveryClient");
  return client as unknown as CloudMapClient;
}

function checkNameOption(option: string, value: unknown): string | undefined {
  if (value === undefined || (typeof value === "string" && value !== "")) return value;
  throw invalidArg(option, value, "a non-empty string");
}
