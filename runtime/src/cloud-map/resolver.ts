import type { HttpInstanceSummary } from "@aws-sdk/client-servicediscovery";
import { Cached } from "../answers/cached.ts";
import { type Clock, type Lifetime, withSignal } from "../base/time.ts";
import { SrvDialError, toError } from "../base/errors.ts";
import { canonicalName, withoutTrailingDot } from "../base/name.ts";
import type { ResolveContext, SrvAnswer, SrvTarget } from "../base/types.ts";
import { Shared } from "../base/shared.ts";

/** Minimum time in ms between two calls for one service. */
const INTERVAL = 1_000;
/** The dialer decides whether an expired answer may be used. */
const LIMITS = { minTtl: INTERVAL, maxTtl: INTERVAL, negativeTtl: INTERVAL, maxStale: 0 };
/** Deadline in ms for one call, including the SDK's search for credentials. */
const CALL_TIMEOUT = 5_000;
/** Names of throttling errors: the API's own, and those of AWS APIs in general. */
const THROTTLED = ["RequestLimitExceeded", "ThrottlingException", "Throttling"];
/** Shortest and longest pause in ms after such an error. After a longer one, DNS would have the new answer first. */
const [MIN_PAUSE, MAX_PAUSE] = [1_000, 6_000];
/** TTL of an answer in seconds, as the API gives none: it is asked for news, but not for every dial. */
const TTL = 5;

type CloudMapService = Record<"service" | "namespace", string>;
type Instances = readonly HttpInstanceSummary[];
export type Discover = (service: CloudMapService, lifetime: Lifetime) => Promise<Instances>;

export interface CloudMapSettings {
  readonly discover: Discover;
  /** Loads what a call needs. Rejects if something is missing. */
  readonly load: () => Promise<unknown>;
  /** Given by the user; overrides the parts of an SRV name. */
  readonly given: { [part in keyof CloudMapService]?: string | undefined };
  readonly clock: Clock;
  readonly random: () => number;
  /** Called when the API cannot be asked. Not for throttling. */
  readonly onFailure: (failure: SrvDialError) => void;
}

/** The resolver behind `cloudMapResolver`. */
export function createCloudMapResolver(settings: CloudMapSettings) {
  const { discover, load, given, clock, random, onFailure } = settings;
  const discoverAtPace = pausing(discover, clock, random);
  const services = new Shared<Cached<Instances>>();

  return {
    async resolve(name: string, { signal }: Partial<ResolveContext> = {}): Promise<SrvAnswer> {
      const asked = serviceOf(name, given);
      const key = canonicalName(`${asked.service}/${asked.namespace}`);
      const cached = services.of(key, () => askOnceASecond(discoverAtPace, asked, clock));
      try {
        const { value } = await withSignal(signal, async (call) => cached.read(call));
        return { targets: targetsOf(value, asked), ttl: TTL };
      } catch (error) {
        if (signal?.aborted === true) throw error;
        const failure = failureOf(name, asked, error);
        if (failure.code === "ERR_SRV_RESOLVE" && !isThrottled(error)) onFailure(failure);
        throw failure;
      }
    },

    async prepare(name: string): Promise<void> {
      await load().catch((error) => onFailure(failureOf(name, serviceOf(name, given), error)));
    },
  };
}

/** Pauses all calls after throttling, and meanwhile rejects with its error: the account shares a quota in a region. */
export function pausing(discover: Discover, clock: Clock, random: () => number): Discover {
  let pausedUntil = Number.NEGATIVE_INFINITY;
  let lastError: unknown;
  return async (service, lifetime) => {
    if (clock.now() < pausedUntil) throw lastError;
    try {
      return await discover(service, lifetime);
    } catch (error) {
      lastError = error;
      const pause = MIN_PAUSE + random() * (MAX_PAUSE - MIN_PAUSE);
      if (isThrottled(error)) pausedUntil = clock.now() + pause;
      throw error;
    }
  };
}

const isThrottled = (error: unknown): boolean => THROTTLED.includes(toError(error).name);

/** The instances of one service, loaded at most once a second and shared by all callers. */
function askOnceASecond(discover: Discover, asked: CloudMapService, clock: Clock) {
  let lastCall = Number.NEGATIVE_INFINITY;
  return new Cached<Instances>({
    load: async (lifetime) => {
      // An abandoned call counts too. The pause need not keep the process alive: each caller's deadline does.
      const wait = lastCall + INTERVAL - clock.now();
      if (wait > 0) await lifetime.wait<void>((resolve) => clock.setTimeout(resolve, wait));
      lastCall = clock.now();
      const value = await discover(asked, lifetime);
      return { value, ttl: INTERVAL / 1_000, negative: value.length === 0 };
    },
    limits: LIMITS,
    pause: INTERVAL,
    loadTimeout: CALL_TIMEOUT,
    prefetch: false,
    clock,
  });
}

function failureOf(hostname: string, asked: CloudMapService, reason: unknown): SrvDialError {
  const { name, message } = toError(reason);
  const isMissing = name === "ServiceNotFound" || name === "NamespaceNotFound";
  // The name of an SDK error says what happened, sometimes better than its message, which may be empty.
  const what = [name === "Error" ? "" : name, message].filter(Boolean).join(": ");
  return SrvDialError.of(
    isMissing ? "ERR_SRV_NO_RECORDS" : "ERR_SRV_RESOLVE",
    `DiscoverInstances of service ${asked.service} in Cloud Map namespace ${asked.namespace}: ${what}`,
    { hostname, cause: reason },
  );
}

/** The parts of `[service].[namespace]`. A service may have several labels, with underscores (`_redis._tcp`). */
function serviceOf(name: string, given: CloudMapSettings["given"]): CloudMapService {
  const match = /^((?:_[^.]+\.)*_[^.]+|[^.]+)(?:\.(.+))?$/.exec(withoutTrailingDot(name));
  const { service = match?.[1], namespace = match?.[2] } = given;
  if (service !== undefined && namespace !== undefined) return { service, namespace };
  throw new Error(`${name} is not [service].[namespace]: give the options service and namespace`);
}

/** Targets with the host names of Cloud Map's DNS. Instances without a port are left out, unless none has one. */
function targetsOf(instances: Instances, { service, namespace }: CloudMapService): SrvTarget[] {
  const targets = instances.flatMap(({ InstanceId, Attributes = {} }) => {
    const port = Number(Attributes["AWS_INSTANCE_PORT"]);
    const isPort = Number.isInteger(port) && port >= 1 && port <= 65_535;
    if (!isPort || InstanceId === undefined) return [];
    const { AWS_INSTANCE_IPV4: ipv4, AWS_INSTANCE_IPV6: ipv6 } = Attributes;
    const addresses = [ipv4, ipv6].filter((address) => address !== undefined);
    const host = `${InstanceId}.${service}.${namespace}`;
    // The same priority and weight for all, as in Cloud Map's SRV records.
    return [{ host, port, priority: 1, weight: 1, ttl: TTL, addresses }];
  });
  if (targets.length > 0 || instances.length === 0) return targets;
  const needed = "AWS_INSTANCE_PORT (ECS sets it for a service registry with a container port)";
  throw new Error(`none of its ${instances.length} instances has the attribute ${needed}`);
}
