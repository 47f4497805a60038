import type { HttpInstanceSummary, ServiceDiscoveryClient } from "@aws-sdk/client-servicediscovery";
import type { Lifetime } from "../base/lifetime.ts";
import type { CloudMapService } from "./instances.ts";

/** A `ServiceDiscoveryClient` of the AWS SDK 3, or an object with its `send`. */
export type CloudMapClient = Pick<ServiceDiscoveryClient, "send">;

/** Gives the instances of a service. Rejects with the API's error, or with the reason why it could not be called. */
export type Discover = (
  service: CloudMapService,
  lifetime: Lifetime,
) => Promise<readonly HttpInstanceSummary[]>;

const PACKAGE = "@aws-sdk/client-servicediscovery";
/** The maximum of one call; the default is 100, and there is no second page. */
const MAX_RESULTS = 1_000;

/**
 * DiscoverInstances through the given client, or one with the environment's region and credentials.
 *
 * @see https://docs.aws.amazon.com/cloud-map/latest/api/API_DiscoverInstances.html
 */
export function cloudMapApi(given: CloudMapClient | undefined): Discover {
  let client = given;
  return async ({ service, namespace }, lifetime) => {
    const { DiscoverInstancesCommand, ServiceDiscoveryClient } = await loadSdk();
    client ??= new ServiceDiscoveryClient({ maxAttempts: 1 });
    const command = new DiscoverInstancesCommand({
      ServiceName: service,
      NamespaceName: namespace,
      // Like DNS records with the routing policy MULTIVALUE: if no instance is healthy, all are given.
      HealthStatus: "HEALTHY_OR_ELSE_ALL",
      MaxResults: MAX_RESULTS,
    });
    const { Instances = [] } = await client.send(command, { abortSignal: lifetime.signal });
    return Instances;
  };
}

/** Loaded when it is first needed: it is a large optional peer. */
async function loadSdk() {
  try {
    return await import("@aws-sdk/client-servicediscovery");
  } catch (error) {
    if (!isMissing(error)) throw error;
    throw new Error(`the package ${PACKAGE} is missing: npm install ${PACKAGE}`, { cause: error });
  }
}

/** In CommonJS, `import()` is compiled to `require`. In Jest, the error is of another realm, so no `instanceof`. */
function isMissing(error: unknown): boolean {
  const { code } = error as NodeJS.ErrnoException;
  return code === "ERR_MODULE_NOT_FOUND" || code === "MODULE_NOT_FOUND";
}
