import type { ServiceDiscoveryClient } from "@aws-sdk/client-servicediscovery";
import { toError } from "../base/errors.ts";
import type { Discover } from "./resolver.ts";

/** A `ServiceDiscoveryClient` of the AWS SDK 3, or an object with its `send`. */
export type CloudMapClient = Pick<ServiceDiscoveryClient, "send">;

/** `load` and `discover` through the given client, or one with the environment's region and credentials. */
export function apiThrough(given: CloudMapClient | undefined) {
  let own: ServiceDiscoveryClient | undefined;

  async function load() {
    const { DiscoverInstancesCommand, ServiceDiscoveryClient } = await loadSdk();
    if (given !== undefined) return { DiscoverInstancesCommand, client: given };
    own ??= new ServiceDiscoveryClient({ maxAttempts: 1 });
    await own.config.region();
    return { DiscoverInstancesCommand, client: own };
  }

  const discover: Discover = async ({ service, namespace }, lifetime) => {
    const { DiscoverInstancesCommand, client } = await load();
    const command = new DiscoverInstancesCommand({
      ServiceName: service,
      NamespaceName: namespace,
      // Like DNS records with the routing policy MULTIVALUE: if no instance is healthy, all are given.
      HealthStatus: "HEALTHY_OR_ELSE_ALL",
      // The maximum of one call; the default is 100, and there is no second page.
      MaxResults: 1_000,
    });
    const { Instances = [] } = await client.send(command, { abortSignal: lifetime.signal });
    return Instances;
  };
  return { load, discover };
}

/** A large optional peer, loaded when it is first needed. */
async function loadSdk() {
  const name = "@aws-sdk/client-servicediscovery";
  try {
    return await import("@aws-sdk/client-servicediscovery");
  } catch (cause) {
    const { code = "", message } = cause as NodeJS.ErrnoException;
    // A package that the SDK itself needs has another name.
    const isSdk = /["']@aws-sdk\/client-servicediscovery["']/.test(message);
    if (!code.endsWith("MODULE_NOT_FOUND") || !isSdk) throw cause;
    throw new Error(`the package ${name} is missing: npm install ${name}`, { cause });
  }
}

/** What to do so that the API can be asked. */
function remedyOf({ cause }: Error): string {
  const { name, message } = toError(cause);
  if (message.includes("npm install")) return "Or remove cloudMapResolver";
  if (message.startsWith("Region ")) return "Set AWS_REGION in the container's environment";
  if (name === "CredentialsProviderError") return "Give the task a task role";
  const allow = "Allow servicediscovery:DiscoverInstances in the task role";
  if (name.startsWith("AccessDenied")) return allow;
  return "Check the way to the API: NAT, or the interface endpoint data-servicediscovery";
}

/** Warns once for each remedy: the dialer goes on with DNS, so no one would notice before the service moves. */
export function warningOnce(): (failure: Error) => void {
  const given = new Set<string>();
  return (failure) => {
    const remedy = remedyOf(failure);
    if (given.has(remedy)) return;
    given.add(remedy);
    const what = failure.message.replace(/\.$/, "");
    const consequence = "Until then only DNS is asked: a moved service is found later";
    const kind = { type: "SrvDialerWarning", code: "SRV_CLOUD_MAP" };
    process.emitWarning(`${what}. ${remedy}. ${consequence}`, kind);
  };
}
