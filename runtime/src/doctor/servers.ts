import { randomBytes } from "node:crypto";
import { toError } from "../base/errors.ts";
import { withoutTrailingDot } from "../base/name.ts";
import type { SrvTarget } from "../base/types.ts";
import { dnsResolver } from "../dns/resolver.ts";

/** A `problem` keeps clients from connecting; a `warning` may. The codes are stable, for programs. */
export interface Finding {
  readonly level: "problem" | "warning" | "note";
  readonly code: string;
  readonly message: string;
  readonly advice: string;
}

/** Seconds; a longer outage after a move is a warning. */
const LONG_OUTAGE = 60;

/** What one DNS server, `ip:port`, says of the name. Times are in ms, TTLs in seconds. */
export interface ServerCheck {
  readonly server: string;
  readonly time: number;
  readonly targets: readonly SrvTarget[];
  /** Why there are no targets. */
  readonly denial?: string | undefined;
  /** How long caches may answer "no records" (RFC 2308, section 5); 0 if the server does not say. */
  readonly negativeTtl?: number;
  /** Why it gives no answer. */
  readonly error?: string;
}

export function summaryOf({ error, denial, targets }: ServerCheck): string {
  const ttl = Math.min(...targets.map((target) => target.ttl));
  return error ?? denial ?? `SRV records: ${targets.length}, TTL ${ttl} s`;
}

/** @param timeout ms */
export async function askServer(
  server: string,
  name: string,
  timeout: number,
): Promise<ServerCheck> {
  const resolver = dnsResolver({ servers: [server], tries: 100 });
  const signal = AbortSignal.timeout(timeout);
  const started = performance.now();
  // A name that no cache has: a cached answer shows only what is left of its TTL.
  const other = name.replace(/^[^.]*/, `srv-dialer-${randomBytes(4).toString("hex")}`);
  const negative = resolver.resolve(other, { signal }).catch(() => undefined);
  const check = await resolver.resolve(name, { signal }).then(
    ({ targets, reason }) => ({ targets, denial: reason?.replace(/^the DNS server \S+ /, "") }),
    (reason: unknown) => {
      const { message } = toError(toError(reason).cause);
      const silence = `no answer within ${timeout} ms`;
      return { targets: [], error: signal.aborted ? silence : message.replace(`${server}: `, "") };
    },
  );
  const time = performance.now() - started;
  return { server, time, ...check, negativeTtl: (await negative)?.ttl ?? 0 };
}

/** Which servers give no answer, whether the others agree, and how long a move may take. */
export function serverFindings(checks: readonly ServerCheck[]): Finding[] {
  const findings: Finding[] = [];
  const answering = checks.filter(({ error }) => error === undefined);
  for (const { server, error } of checks) {
    if (error === undefined) continue;
    const level = answering.length === 0 ? "problem" : "warning";
    const message = `The DNS server ${server} gives no answer: ${error}.`;
    const advice = `If it is silent, open UDP and TCP port ${server.split(":").at(-1)} to it; in a VPC, the resolver is 169.254.169.253. With an error it replies for a zone that it does not serve. Or remove it from the configuration.`;
    findings.push({ level, code: "server", message, advice });
  }
  const known = answering.filter(({ targets }) => targets.length > 0);
  if (known.length === 0) return findings;
  if (known.length < answering.length) {
    const level = answering[0] === known[0] ? "warning" : "problem";
    const each = answering.map((check) => `${check.server}: ${summaryOf(check)}`).join("; ");
    const message = `The DNS servers do not agree. ${each}.`;
    const advice =
      "A client takes the answer of the first server that gives one, with or without records. List only servers that know the zone.";
    findings.push({ level, code: "servers-differ", message, advice });
  }
  const ttl = Math.max(...known.flatMap(({ targets }) => targets.map((target) => target.ttl)));
  const negative = Math.max(...known.map(({ negativeTtl = 0 }) => negativeTtl));
  const outage = Math.max(ttl, negative);
  const level = outage > LONG_OUTAGE ? "warning" : "note";
  const message = `With DNS alone, clients may miss a moved service for up to ${outage} s: caches keep an answer without records for ${negative} s (SOA), and records for what is left of their TTL, ${ttl} s here.`;
  const advice = `Lower the SOA's TTL: aws servicediscovery update-private-dns-namespace --id … --namespace '{"Properties":{"DnsProperties":{"SOA":{"TTL":5}}}}'; and that of the records to 10 s or less. Or ask the Cloud Map API too: srv-dialer/cloud-map.`;
  return [...findings, { level, code: "move-time", message, advice }];
}

/** Why a name has no records, and what the user may have meant. @param timeout ms */
export async function explainAbsence(
  name: string,
  { server, denial, negativeTtl = 0 }: ServerCheck,
  timeout: number,
): Promise<Finding> {
  const cached = negativeTtl > 0 ? `, and caches keep this answer for up to ${negativeTtl} s` : "";
  const message = `${name} has no SRV records: ${server} ${denial}${cached}.`;
  const signal = AbortSignal.timeout(timeout);
  const resolver = dnsResolver({ servers: [server] });
  const own = await resolver.lookup(name, { family: 4, signal }).catch(() => undefined);
  const [address] = own?.addresses ?? [];
  if (address !== undefined) {
    const advice = `It has the address ${address}: use redis://${name}:PORT, or let Cloud Map publish SRV records (record type SRV, with container name and port in the ECS service's registry).`;
    return { level: "problem", code: "addresses-only", message, advice };
  }
  const parts = /^((?:_[^.]+\.)*_[^.]+|[^.]+)\.(.+)$/.exec(withoutTrailingDot(name)) ?? [];
  const [, service = "…", namespace = "…"] = parts;
  const names = `--namespace-name ${namespace} --service-name ${service}`;
  const advice = `Ask Cloud Map: aws servicediscovery discover-instances ${names}. Without instances, it is misspelled or has no healthy task. Otherwise this machine is in no VPC of the namespace, or the answer is older than the task.`;
  return { level: "problem", code: "no-records", message, advice };
}
