import type { HttpInstanceSummary } from "@aws-sdk/client-servicediscovery";
import { Cached } from "../answers/cached.ts";
import type { Clock } from "../base/clock.ts";
import { Context } from "../base/context.ts";
import { SrvDialError, toError } from "../base/errors.ts";
import { canonicalName } from "../base/name.ts";
import type { ResolveContext, SrvAnswer } from "../base/types.ts";
import type { Discover } from "./api.ts";
import { Backoff } from "./backoff.ts";
import { type CloudMapService, TTL, serviceOf, targetsOf } from "./instances.ts";
import { turns } from "./turns.ts";

/** Minimum time in ms between two calls for one service. */
const INTERVAL = 1_000;
/** Deadline in ms for one call, including the SDK's search for credentials. */
const CALL_TIMEOUT = 5_000;

export interface CloudMapSettings {
  readonly discover: Discover;
  /** Given by the user; overrides the parts of an SRV name. */
  readonly given: { readonly service: string | undefined; readonly namespace: string | undefined };
  readonly clock: Clock;
  /** Numbers in [0, 1). */
  readonly random: () => number;
}

/** The resolver behind `cloudMapResolver`. */
export function createCloudMapResolver({ discover, given, clock, random }: CloudMapSettings) {
  const backoff = new Backoff(clock, random);
  const discoverAtPace: Discover = (asked, lifetime) =>
    backoff.run(() => discover(asked, lifetime));
  const known = new Map<string, Cached<readonly HttpInstanceSummary[]>>();

  return {
    async resolve(name: string, context: Partial<ResolveContext> = {}): Promise<SrvAnswer> {
      const asked = serviceOf(name, given);
      const key = canonicalName(`${asked.service}/${asked.namespace}`);
      let cached = known.get(key);
      if (cached === undefined)
        known.set(key, (cached = askOnceASecond(discoverAtPace, asked, clock)));
      try {
        const { value } = await Context.run(context, async (lifetime) => cached.read(lifetime));
        return { targets: targetsOf(value, asked), ttl: TTL };
      } catch (error) {
        if (context.signal?.aborted === true) throw error;
        throw failureOf(name, asked, error);
      }
    },
  };
}

/** The instances of one service, loaded at most once a second and shared by all callers. */
function askOnceASecond(
  discover: Discover,
  asked: CloudMapService,
  clock: Clock,
): Cached<readonly HttpInstanceSummary[]> {
  const turn = turns(INTERVAL, clock);
  return new Cached<readonly HttpInstanceSummary[]>({
    load: async (lifetime) => {
      // An abandoned call counts too.
      await turn(lifetime);
      const instances = await discover(asked, lifetime);
      return { value: instances, ttl: INTERVAL / 1_000, negative: instances.length === 0 };
    },
    limits: {
      minTtl: INTERVAL,
      maxTtl: INTERVAL,
      negativeTtl: INTERVAL,
      minRefresh: INTERVAL,
      // The dialer decides whether an expired answer may be used.
      maxStale: 0,
    },
    loadTimeout: CALL_TIMEOUT,
    prefetch: false,
    clock,
  });
}

function failureOf(hostname: string, asked: CloudMapService, reason: unknown): SrvDialError {
  const { name, message } = toError(reason);
  const isMissing = name === "ServiceNotFound" || name === "NamespaceNotFound";
  // The name of an SDK error says what happened, sometimes better than its message.
  const what = name === "Error" ? message : `${name}: ${message}`;
  return new SrvDialError(
    isMissing ? "ERR_SRV_NO_RECORDS" : "ERR_SRV_RESOLVE",
    `DiscoverInstances of service ${asked.service} in Cloud Map namespace ${asked.namespace}: ${what}`,
    { hostname, cause: reason },
  );
}
