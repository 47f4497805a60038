import { Refusal, type SrvAttempt, SrvDialError, toError } from "../base/errors.ts";
import type { SrvResolver, SrvTarget } from "../base/types.ts";
import { dnsResolver } from "../dns/resolver.ts";
import { type Dialing, dialAs } from "./redis.ts";
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

/** A record, and why a client cannot use its target; undefined if it can. */
export interface TargetCheck extends SrvTarget {
  readonly addresses: readonly string[];
  readonly code?: keyof typeof ADVICE;
  readonly error?: string;
}

/** Dials each target as a client does. */
export function checkTargets(
  { server, targets }: ServerCheck,
  dialing: Omit<Dialing, "resolver">,
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
    const failure = await dialAs({ ...dialing, resolver }).then(() => ({}), failureOf);
    const { login } = dialing;
    // A server that has got the password may send it later, in place of a reply.
    if (login && "error" in failure)
      failure.error = failure.error.replaceAll(login.password, "***");
    return { ...target, ...failure, addresses: [...addresses] };
  });
  return Promise.all(checks);
}

function failureOf(reason: unknown): { code: keyof typeof ADVICE; error: string } {
  const failure = toError(reason);
  const attempts = failure instanceof SrvDialError ? failure.attempts : [];
  const furthest = attempts.find(({ phase }) => /tls|verify/.test(phase)) ?? attempts[0];
  const cause = toError(furthest?.error ?? failure.cause ?? failure);
  return { code: codeOf(cause, furthest?.phase), error: cause.message.trimEnd() };
}

/** @param phase of the attempt that failed; without one, it has answered PING */
function codeOf(cause: Error, phase: SrvAttempt["phase"] | undefined): keyof typeof ADVICE {
  const { code = "", message }: NodeJS.ErrnoException = cause;
  if (phase === "lookup") return "no-address";
  if (message.includes("ECONNREFUSED")) return "refused";
  if (phase === "connect") return "unreachable";
  if (/NOAUTH|the password/.test(message)) return "password";
  if (phase === undefined || cause instanceof Refusal) return "not-ready";
  if (phase === "verify") return "not-redis";
  // A Redis without TLS waits for the rest of the handshake, as if it were a command.
  return /CERT|ISSUER|LEAF|ALERT/.test(code) ? "certificate" : "tls";
}
