import type { HttpInstanceSummary, ServiceDiscoveryClient } from "@aws-sdk/client-servicediscovery";
import { toError } from "../base/errors.ts";
import type { Lifetime } from "../base/lifetime.ts";
import type { CloudMapService } from "./instances.ts";

/** What is needed of the SDK's `ServiceDiscoveryClient`. */
export type CloudMapClient = Pick<ServiceDiscoveryClient, "send">;

/** The instances of a service; none when it, or its namespace, does not exist. @internal */
export type Discover = (
  service: CloudMapService,
  lifetime: Lifetime,
) => Promise<readonly HttpInstanceSummary[]>;

const PACKAGE = "@aws-sdk/client-servicediscovery";

/**
 * DiscoverInstances through a client, or through one of the environment's region and credentials.
 *
 * @internal
 */
export function cloudMapApi(given: CloudMapClient | undefined): Discover {
  let client = given;
  return async ({ service, namespace }, lifetime) => {
    const { DiscoverInstancesCommand, ServiceDiscoveryClient } = await loadSdk();
    client ??= new ServiceDiscoveryClient({ maxAttempts: 1 });
    const command = new DiscoverInstancesCommand({
      ServiceName: service,
      NamespaceName: namespace,
      // As the DNS records of routing policy MULTIVALUE: when no instance is healthy, all are given.
      HealthStatus: "HEALTHY_OR_ELSE_ALL",
    });
    try {
      const { Instances = [] } = await client.send(command, { abortSignal: lifetime.signal });
      return Instances;
    } catch (error) {
      if (isNotFound(error)) return [];
      throw error;
    }
  };
}

function isNotFound(error: unknown): boolean {
  return ["ServiceNotFound", "NamespaceNotFound"].includes(toError(error).name);
}

/** Loaded when it is first needed: it is an optional peer, and not a small one. */
async function loadSdk() {
  try {
    return await import("@aws-sdk/client-servicediscovery");
  } catch (error) {
    if (!isMissing(error)) throw error;
    throw new Error(`the package ${PACKAGE} is missing: npm install ${PACKAGE}`, { cause: error });
  }
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "ERR_MODULE_NOT_FOUND";
}
