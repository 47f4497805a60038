/**
 * Finds targets through the Cloud Map API. Its answers know of a moved task at once, where DNS still
 * says no (negative caching), or the old port (TTL): as the second in a list it takes over then.
 *
 * Needs the optional peer `@aws-sdk/client-servicediscovery`, the permission
 * `servicediscovery:DiscoverInstances`, and a way to the API: NAT or the interface endpoint
 * `data-servicediscovery`.
 *
 * @module
 */
import type { HttpInstanceSummary } from "@aws-sdk/client-servicediscovery";
import { Cached } from "./answers/cached.ts";
import { invalidArg, isRecord, refuseUnknown } from "./base/checks.ts";
import { Context } from "./base/context.ts";
import { SrvDialError, toError } from "./base/errors.ts";
import { canonicalName } from "./base/name.ts";
import type { ResolveContext, SrvAnswer, SrvResolver } from "./base/types.ts";
import { type CloudMapClient, type Discover, cloudMapApi } from "./cloud-map/api.ts";
import { type CloudMapService, TTL, serviceOf, targetsOf } from "./cloud-map/instances.ts";
import { turns } from "./cloud-map/turns.ts";

export type { CloudMapClient };

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
  resolve(name: string, context?: Partial<ResolveContext>): Promise<SrvAnswer>;
}

/** Least time in ms between two calls for one service. */
const INTERVAL = 1_000;
/** Longest time in ms for one call, with the SDK's search for credentials. */
const CALL_TIMEOUT = 5_000;

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
 * with ERR_SRV_RESOLVE.
 *
 * @see https://docs.aws.amazon.com/cloud-map/latest/api/API_DiscoverInstances.html
 * @throws {SrvDialError} ERR_SRV_INVALID_ARG naming the option, what it got and what is allowed
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
  const known = new Map<string, Cached<readonly HttpInstanceSummary[]>>();

  return {
    async resolve(name, context = {}): Promise<SrvAnswer> {
      const asked = serviceOf(name, { service, namespace });
      const key = canonicalName(`${asked.service}/${asked.namespace}`);
      let cached = known.get(key);
      if (cached === undefined) known.set(key, (cached = askOnceASecond(discover, asked)));
      try {
        const { value } = await Context.run(context, (lifetime) => cached.read(lifetime));
        return { targets: targetsOf(value, asked), ttl: TTL };
      } catch (error) {
        if (context.signal?.aborted === true) throw error;
        throw failureOf(name, asked, error);
      }
    },
  };
}

/** The instances of one service, asked for once a second at most, shared by all who ask. */
function askOnceASecond(
  discover: Discover,
  asked: CloudMapService,
): Cached<readonly HttpInstanceSummary[]> {
  const turn = turns(INTERVAL);
  return new Cached<readonly HttpInstanceSummary[]>({
    load: async (lifetime) => {
      // A call that was given up counts too.
      await turn(lifetime);
      const instances = await discover(asked, lifetime);
      return { value: instances, ttl: INTERVAL / 1_000, negative: instances.length === 0 };
    },
    limits: {
      minTtl: INTERVAL,
      maxTtl: INTERVAL,
      negativeTtl: INTERVAL,
      minRefresh: INTERVAL,
      // The dialer decides whether an old answer may serve.
      maxStale: 0,
    },
    loadTimeout: CALL_TIMEOUT,
    prefetch: false,
  });
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

function failureOf(hostname: string, asked: CloudMapService, reason: unknown): SrvDialError {
  const { name, message } = toError(reason);
  const isMissing = name === "ServiceNotFound" || name === "NamespaceNotFound";
  // The SDK's errors say what happened in their name, and sometimes there alone.
  const what = name === "Error" ? message : `${name}: ${message}`;
  return new SrvDialError(
    isMissing ? "ERR_SRV_NO_RECORDS" : "ERR_SRV_RESOLVE",
    `DiscoverInstances of service ${asked.service} in Cloud Map namespace ${asked.namespace}: ${what}`,
    { hostname, cause: reason },
  );
}
