import { hasCode, toError } from "../base/errors.ts";
import { targetKey } from "../base/name.ts";
import { systemClock } from "../base/time.ts";
import { type CloudMapClient, apiThrough } from "../cloud-map/api.ts";
import { remedyOf } from "../cloud-map/failure.ts";
import { createCloudMapResolver } from "../cloud-map/resolver.ts";
import { dnsResolver } from "../dns/resolver.ts";
import type { Finding, ServerCheck } from "./servers.ts";

/** What the Cloud Map API answers, which an app may ask when DNS does not help. */
export interface CloudMapCheck {
  /** `host:port` of each instance. */
  readonly targets: readonly string[];
  /** Why there are none. */
  readonly finding?: Finding;
}

/**
 * @param timeout ms
 * @param given by default a client with what the environment has
 * @returns undefined outside of AWS
 */
export async function checkCloudMap(
  name: string,
  timeout: number,
  given?: CloudMapClient,
): Promise<CloudMapCheck | undefined> {
  // ECS sets the first in each container; the SDK needs the second.
  const { ECS_CONTAINER_METADATA_URI_V4: inEcs, AWS_REGION: region = inEcs } = process.env;
  if (given === undefined && region === undefined) return undefined;
  const means = { given: {}, clock: systemClock, random: Math.random, onFailure: () => {} };
  const resolver = createCloudMapResolver({ ...apiThrough(given), ...means });
  const signal = AbortSignal.timeout(timeout);
  try {
    const targets = (await resolver.resolve(name, { signal })).targets.map(targetKey);
    if (targets.length > 0) return { targets };
    const advice = "aws ecs describe-services lists why no task starts, or becomes healthy.";
    return absent("no-records", "knows the service, but no healthy task is registered", advice);
  } catch (reason) {
    const failure = toError(reason);
    const why = signal.aborted ? `no answer within ${timeout} ms` : failure.message;
    if (hasCode(failure, "ERR_SRV_NO_RECORDS")) {
      const advice =
        "It is misspelled, or in another region or account: aws servicediscovery list-services, or list-namespaces.";
      return absent("no-records", `does not know it either: ${why}`, advice);
    }
    const advice = `${remedyOf(failure)}. Without it, DNS alone is used.`;
    return absent("cloud-map", `cannot be asked: ${why.replace(/\.$/, "")}`, advice);
  }
}

function absent(code: string, why: string, advice: string): CloudMapCheck {
  const message = `The Cloud Map API ${why}.`;
  return { targets: [], finding: { level: "warning", code, message, advice } };
}

/** Why a name has no records: what the user may have meant, and what the Cloud Map API knows. @param timeout ms */
export async function explainAbsence(
  name: string,
  { server, denial, negativeTtl = 0 }: ServerCheck,
  cloudMap: CloudMapCheck | undefined,
  timeout: number,
): Promise<Finding> {
  const cached = negativeTtl > 0 ? `, and caches keep this answer for up to ${negativeTtl} s` : "";
  const problem = (code: string, advice: string, known = ""): Finding => {
    const message = `${name} has no SRV records: ${server} ${denial}${cached}.${known}`;
    return { level: "problem", code, message, advice };
  };
  const signal = AbortSignal.timeout(timeout);
  const resolver = dnsResolver({ servers: [server] });
  const own = await resolver.lookup(name, { family: 4, signal }).catch(() => undefined);
  const [address] = own?.addresses ?? [];
  if (address !== undefined) {
    const advice = `It has the address ${address}: use redis://${name}:PORT, or let Cloud Map publish SRV records (record type SRV, with container name and port in the ECS service's registry).`;
    return problem("addresses-only", advice);
  }
  const { targets = [], finding } = cloudMap ?? {};
  if (targets.length > 0) {
    const known = ` The Cloud Map API knows ${targets.join(", ")}.`;
    const either = `${server} is not the resolver of a VPC of the namespace, or its answer is older than the task: ask again in ${negativeTtl} s. If it stays, let Cloud Map publish SRV records.`;
    return problem("not-in-dns", either, known);
  }
  if (finding?.code === "no-records") {
    return problem("no-records", finding.advice, ` ${finding.message}`);
  }
  return problem(
    "no-records",
    "It is misspelled or has no healthy task (aws servicediscovery discover-instances), or this machine is in no VPC of the namespace.",
  );
}
