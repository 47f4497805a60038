import { Refusal, type SrvAttempt, SrvDialError, toError } from "../base/errors.ts";
import type { SrvResolver, SrvTarget } from "../base/types.ts";
import { dnsResolver } from "../dns/resolver.ts";
import { type Dialing, dialRedis, safeMessage } from "./redis.ts";
import type { ServerCheck } from "./servers.ts";

/** Each reason why a client cannot use a target, and what to do. */
export const ADVICE = {
  "no-address": "DNS has no address of the record's host. Cloud Map writes both.",
  refused:
    "No program listens there. If its task has ended, the record is gone once ECS has deregistered it, and after its TTL also from caches. If the task runs, compare the record's port with the container's host port.",
  unreachable:
    "Its host is lost, or a security group drops the packets: open the dynamic ports (32768 to 65535 unless set) to the clients' security group.",
  certificate:
    "Give its authority in NODE_EXTRA_CA_CERTS or tls.ca, and the name in it as tls.servername. With an alert it may want a client certificate.",
  tls: "It does not speak TLS, or is frozen. Without TLS: redis+srv://, and no option tls.",
  password: "Compare user and password with those of Redis.",
  "not-ready":
    "Clients wait, or take another target. If it refuses clients: raise maxclients, or change what the reply names.",
  "not-redis":
    "One that is silent may be frozen. One that closes may want TLS (rediss+srv://), or is Docker's proxy, and no program listens in the container, or only on its 127.0.0.1. With another answer, another task may have the port of a stopped one. A name with redis or valkey counts as Redis.",
};

/** What a dial found. */
interface Outcome {
  /** What answers; undefined if nothing does, or neither Redis nor TLS. */
  readonly service?: "Redis" | "Redis over TLS" | "TLS" | undefined;
  /** Why a client of Redis cannot use it; undefined if it can. */
  readonly code?: keyof typeof ADVICE;
  readonly error?: string;
}

/** A record, and what its target does. */
export interface TargetCheck extends SrvTarget, Outcome {
  readonly addresses: readonly string[];
}

/**
 * Dials each target as a client of Redis does.
 * @param options.tls whether clients use TLS; by default if the target does
 * @param options.deadline as of `performance.now()`
 */
export function checkTargets(
  { server, targets }: ServerCheck,
  { tls, ...options }: Omit<Dialing, "resolver" | "tls"> & { readonly tls: boolean | undefined },
): Promise<TargetCheck[]> {
  // Another server may not know the targets.
  const dns = dnsResolver({ servers: [server] });
  // The root means: no service (RFC 2782).
  const services = targets.filter(({ host }) => host !== ".");
  const inOrder = services.toSorted((one, other) => one.priority - other.priority);
  const checks = inOrder.map(async (target): Promise<TargetCheck> => {
    const addresses = new Set(target.addresses);
    const resolver: SrvResolver = {
      resolve: async () => ({ targets: [target], ttl: 0, partialAddresses: true }),
      lookup: async (host, context) => {
        const found = await dns.lookup(host, context);
        for (const address of found.addresses) addresses.add(address);
        return found;
      },
    };
    let outcome = await dialTarget({ ...options, resolver, tls: tls ?? false });
    // A TLS server ends a connection that does not begin with a handshake.
    if (tls === undefined && outcome.code === "not-redis") {
      const overTls = await dialTarget({ ...options, resolver, tls: true });
      if (overTls.service !== undefined) outcome = overTls;
    }
    return { ...target, ...outcome, addresses: [...addresses] };
  });
  return Promise.all(checks);
}

async function dialTarget(dialing: Dialing): Promise<Outcome> {
  const redis = dialing.tls ? "Redis over TLS" : "Redis";
  try {
    await dialRedis(dialing);
    return { service: redis };
  } catch (reason) {
    const failure = toError(reason);
    const attempts = failure instanceof SrvDialError ? failure.attempts : [];
    const furthest = attempts.find(({ phase }) => /tls|verify/.test(phase)) ?? attempts[0];
    // Without a failed attempt there is a cause if it has answered PING, and none if the time was over before.
    const hasAnswered = furthest === undefined && failure.cause !== undefined;
    const phase = furthest?.phase ?? (hasAnswered ? "verify" : "connect");
    const cause = toError(furthest?.error ?? failure.cause ?? failure);
    const isRedis = hasAnswered || cause instanceof Refusal;
    // With an error of a certificate, or an alert, a TLS server answers.
    const { code = "" }: NodeJS.ErrnoException = cause;
    const isTls = dialing.tls && (phase === "verify" || /CERT|ISSUER|LEAF|ALERT/.test(code));
    const service = isRedis ? redis : isTls ? "TLS" : undefined;
    const error = safeMessage(cause, dialing.login).trimEnd();
    return { service, code: codeOf(error, phase, service), error };
  }
}

function codeOf(
  error: string,
  phase: SrvAttempt["phase"],
  service: Outcome["service"],
): keyof typeof ADVICE {
  if (phase === "lookup") return "no-address";
  if (error.includes("ECONNREFUSED")) return "refused";
  if (phase === "connect") return "unreachable";
  if (/NOAUTH|the password|answer to AUTH/.test(error)) return "password";
  if (service?.startsWith("Redis") === true) return "not-ready";
  // A Redis without TLS waits for the rest of the handshake, as if it were a command.
  if (phase === "tls") return service === "TLS" ? "certificate" : "tls";
  return "not-redis";
}

export type Client = "TCP" | "Redis" | "Redis with TLS";

/** The client that fits: of Redis if a URL gives `tls`, if the name says so, or if a target answers like Redis. */
export function clientFor(
  name: string,
  targets: readonly TargetCheck[],
  tls: boolean | undefined,
): Client {
  const services = new Set(targets.map(({ service }) => service));
  const answers = services.has("Redis") || services.has("Redis over TLS");
  if (tls === undefined && !answers && !/redis|valkey/i.test(name)) return "TCP";
  const isTls = services.has("Redis over TLS") || services.has("TLS");
  return (tls ?? (isTls && !services.has("Redis"))) ? "Redis with TLS" : "Redis";
}
