import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { z } from "zod";
import type { CloudMapApiFault } from "../base/fault-primitives.ts";
import type { CloudMap, Instance } from "./cloud-map.ts";

const TARGET = "Route53AutoNaming_v20170314.DiscoverInstances";
/** Maximum size of a request, in bytes. */
const LONGEST_REQUEST = 65_536;

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

/** The data plane of the Cloud Map API. */
export interface DiscoverInstancesServer {
  readonly port: number;
  close(): Promise<void>;
}

/**
 * Serves DiscoverInstances over HTTP for the AWS SDK (AWS JSON 1.1). The caller closes it.
 * @param address on which it listens
 * @param fault returns the current fault
 */
export async function startDiscoverInstances(
  map: CloudMap,
  address: string,
  fault: () => CloudMapApiFault | undefined = () => undefined,
): Promise<DiscoverInstancesServer> {
  const server = createServer((request, response) => {
    // Browsers send Origin with every POST. Refuse these requests: a web page must not read the environment.
    if (request.headers.origin !== undefined) {
      send(response, 403, { message: "requests from browser pages are not allowed" });
      return;
    }
    const failing = fault();
    if (failing === "down") return;
    if (failing === "throttled") {
      send(response, ...failure("RequestLimitExceeded", "Rate exceeded"));
      return;
    }
    answer(request, map).then(
      ([status, body]) => send(response, status, body),
      () => response.destroy(),
    );
  });
  server.listen(0, address);
  await once(server, "listening");
  return {
    port: (server.address() as AddressInfo).port,
    async close() {
      const closed = once(server, "close");
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

async function answer(request: IncomingMessage, map: CloudMap): Promise<[number, object]> {
  const target = request.headers["x-amz-target"];
  if (target !== TARGET)
    return failure("UnknownOperationException", `no operation ${String(target)}`);
  const asked = Request.safeParse(await read(request));
  if (!asked.success) return failure("InvalidInput", z.prettifyError(asked.error));
  const { NamespaceName, ServiceName } = asked.data;
  if (!map.hasNamespace(NamespaceName)) return failure("NamespaceNotFound", NamespaceName);
  const name = `${ServiceName}.${NamespaceName}`;
  const instances = map.instances(name);
  if (instances === undefined) return failure("ServiceNotFound", ServiceName);
  const Instances = select(instances, asked.data).map(instanceFor(asked.data));
  return [200, { Instances, InstancesRevision: map.revision(name) }];
}

async function read(request: IncomingMessage): Promise<unknown> {
  let text = "";
  for await (const chunk of request) {
    text += String(chunk);
    if (text.length > LONGEST_REQUEST) return undefined;
  }
  try {
    return JSON.parse(text);
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

function send(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { "content-type": "application/x-amz-json-1.1" });
  response.end(JSON.stringify(body));
}
