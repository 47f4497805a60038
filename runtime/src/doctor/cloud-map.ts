import type { LookupFunction } from "node:net";
import { callbackify } from "node:util";
import { systemClock } from "../base/time.ts";
import { toError } from "../base/errors.ts";
import { targetKey } from "../base/name.ts";
import { type CloudMapClient, apiThrough } from "../cloud-map/api.ts";
import { remedyOf } from "../cloud-map/failure.ts";
import { createCloudMapResolver } from "../cloud-map/resolver.ts";
import { dnsResolver } from "../dns/resolver.ts";

type Absence = "unknown-namespace" | "unknown-service" | "no-task" | "cloud-map";

/** What the Cloud Map API answers, which an app may ask when DNS does not help. */
export interface CloudMapCheck {
  /** `host:port` of each instance. */
  readonly targets: readonly string[];
  /** Why there are none: the finding's code, a sentence, and what to do. */
  readonly code?: Absence;
  readonly error?: string;
  readonly advice?: string;
}

/** @param given by default a client with what the environment has. @returns undefined outside of AWS */
export async function cloudMapApi(given?: CloudMapClient) {
  // ECS sets the first in each container; the SDK needs the second.
  const { ECS_CONTAINER_METADATA_URI_V4: inEcs, AWS_REGION: region = inEcs } = process.env;
  if (given === undefined && region === undefined) return undefined;
  // Without the SDK, the API says that it is missing.
  return apiThrough(given ?? (await clientOfEnvironment().catch(() => undefined)));
}

async function clientOfEnvironment(): Promise<CloudMapClient> {
  const { ServiceDiscoveryClient } = await import("@aws-sdk/client-servicediscovery");
  // With it, Node.js takes several addresses of a lookup.
  const agent = { lookup, autoSelectFamily: true };
  const requestHandler = { httpAgent: agent, httpsAgent: agent };
  return new ServiceDiscoveryClient({ maxAttempts: 1, requestHandler });
}

/**
 * Finds the API through our resolver. The system's look-up runs in a thread that a process waits for before it ends,
 * even in `process.exit`: for 20 s if no DNS server answers.
 */
const lookup: LookupFunction = (host, _options, callback) => {
  const find = callbackify(async () => {
    const { addresses } = await dnsResolver().lookup(host, { family: 4 });
    if (addresses.length === 0) throw new Error(`${host} has no address`);
    return addresses.map((address) => ({ address, family: 4 }));
  });
  find(callback);
};

/** @param timeout ms */
export async function checkCloudMap(
  name: string,
  api: ReturnType<typeof apiThrough>,
  timeout: number,
): Promise<CloudMapCheck> {
  const settings = { given: {}, clock: systemClock, random: Math.random, onFailure: () => {} };
  const signal = AbortSignal.timeout(timeout);
  try {
    const answer = await createCloudMapResolver({ ...api, ...settings }).resolve(name, { signal });
    const targets = answer.targets.map(targetKey);
    if (targets.length > 0) return { targets };
    const advice = "aws ecs describe-services lists why no task starts, or becomes healthy.";
    return absent("no-task", "knows the service, but no healthy task is registered", advice);
  } catch (reason) {
    const failure = toError(reason);
    const { name: cause } = toError(failure.cause);
    if (cause === "NamespaceNotFound" || cause === "ServiceNotFound") {
      const what = cause === "NamespaceNotFound" ? "namespace" : "service";
      const advice = `The ${what} is misspelled, or in another region or account: aws servicediscovery list-${what}s`;
      return absent(`unknown-${what}`, `knows no such ${what}`, advice);
    }
    const why = signal.aborted ? `no answer within ${timeout} ms` : failure.message;
    const advice = `${remedyOf(failure)}. Without it, DNS alone is used.`;
    return absent("cloud-map", `cannot be asked: ${why.replace(/\.$/, "")}`, advice);
  }
}

function absent(code: Absence, error: string, advice: string): CloudMapCheck {
  return { targets: [], code, error: `The Cloud Map API ${error}.`, advice };
}
