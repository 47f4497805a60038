import type { IncomingMessage } from "node:http";
import { z } from "zod";
import type { CloudMapApiFault } from "../base/fault-primitives.ts";
import type { CloudMap, Instance } from "./cloud-map.ts";

const TARGET = "Route53AutoNaming_v20170314.DiscoverInstances";

/** https://docs.aws.amazon.com/cloud-map/latest/api/API_DiscoverInstances.html */
const Request = z.object({
  NamespaceName: z.string().min(1),
  ServiceName: z.string().min(1),
  MaxResults: z.int().min(1).max(1000).default(100),
  QueryParameters: z.record(z.string(), z.string()).default({}),
  OptionalParameters: z.record(z.string(), z.string()).default({}),
  HealthStatus: z.enum(["HEALTHY", "UNHEALTHY", "ALL", "HEALTHY_OR_ELSE_ALL"]).default("ALL"),
});
type Request = z.infer<typeof Request>;

/** Whether a request is for the Cloud Map API. */
export const isCloudMapCall = ({ headers }: Pick<IncomingMessage, "headers">): boolean =>
  headers["x-amz-target"] === TARGET;

/**
 * Answers DiscoverInstances, the data plane of the Cloud Map API (AWS JSON 1.1). Undefined: there is no answer.
 * @param failing the current fault
 * @param body undefined if it is too long
 */
export function discoverInstances(
  map: CloudMap,
  failing: CloudMapApiFault | undefined,
  body: string | undefined,
): [number, object] | undefined {
  if (failing === "down") return undefined;
  if (failing === "throttled") return failure("RequestLimitExceeded", "Rate exceeded");
  return answer(body, map);
}

function answer(body: string | undefined, map: CloudMap): [number, object] {
  const asked = Request.safeParse(parsed(body));
  if (!asked.success) return failure("InvalidInput", z.prettifyError(asked.error));
  const { NamespaceName, ServiceName } = asked.data;
  if (!map.hasNamespace(NamespaceName)) return failure("NamespaceNotFound", NamespaceName);
  const name = `${ServiceName}.${NamespaceName}`;
  const instances = map.instances(name);
  if (instances === undefined) return failure("ServiceNotFound", ServiceName);
  const Instances = select(instances, asked.data).map(instanceFor(asked.data));
  return [200, { Instances, InstancesRevision: map.revision(name) }];
}

function parsed(body: string | undefined): unknown {
  try {
    return body === undefined ? undefined : JSON.parse(body);
  } catch {
    return undefined;
  }
}

/** Optional parameters are ignored unless an instance matches all of them. */
function select(registered: readonly Instance[], request: Request): Instance[] {
  const { HealthStatus, MaxResults, QueryParameters, OptionalParameters } = request;
  const required = registered.filter((instance) => has(instance, QueryParameters));
  const wanted = required.filter((instance) => has(instance, OptionalParameters));
  const instances = wanted.length > 0 ? wanted : required;
  const healthy = instances.filter((instance) => instance.healthy);
  const chosen = {
    ALL: instances,
    HEALTHY: healthy,
    UNHEALTHY: instances.filter((instance) => !instance.healthy),
    HEALTHY_OR_ELSE_ALL: healthy.length > 0 ? healthy : instances,
  }[HealthStatus];
  return chosen.slice(0, MaxResults);
}

function has(instance: Instance, parameters: Readonly<Record<string, string>>): boolean {
  const attributes = attributesOf(instance);
  return Object.entries(parameters).every(([name, value]) => attributes[name] === value);
}

const attributesOf = ({ address, port, attributes }: Instance): Record<string, string> => ({
  AWS_INSTANCE_IPV4: address,
  // A service with A records may register no port.
  ...(port > 0 && { AWS_INSTANCE_PORT: String(port) }),
  ...attributes,
});

/** An instance as the API returns it, with the attributes that ECS sets. */
function instanceFor({ NamespaceName, ServiceName }: Request) {
  return (instance: Instance): object => ({
    InstanceId: instance.id,
    NamespaceName,
    ServiceName,
    HealthStatus: instance.healthy ? "HEALTHY" : "UNHEALTHY",
    Attributes: attributesOf(instance),
  });
}

function failure(type: string, message: string): [number, object] {
  return [400, { __type: type, Message: message }];
}
