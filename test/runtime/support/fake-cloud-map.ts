import { once } from "node:events";
import { type IncomingMessage, type ServerResponse, createServer } from "node:http";

import { ServiceDiscoveryClient } from "@aws-sdk/client-servicediscovery";

/** A request to the API. */
export interface DiscoverCall {
  readonly NamespaceName: string;
  readonly ServiceName: string;
  readonly HealthStatus?: string;
  readonly MaxResults?: number;
}

export interface Instance {
  readonly InstanceId: string;
  readonly Attributes: Readonly<Record<string, string>>;
}

/** Whether the API returns correct answers, errors, or no answer. */
export type Behaviour = "right" | "silent" | { readonly status: number; readonly type: string };

/** The API's default of MaxResults. */
const PAGE = 100;

/** The operation DiscoverInstances of the Cloud Map API, on loopback. */
export interface FakeCloudMap extends AsyncDisposable {
  readonly port: number;
  readonly calls: DiscoverCall[];
  behaviour: Behaviour;
  /** Resolves when a call without an answer arrives. */
  readonly whenSilent: () => Promise<void>;
  /** Number of running calls. */
  readonly open: () => number;
  /** Replaces the instances of `[service].[namespace]`. */
  set(name: string, instances: readonly Instance[]): void;
  readonly client: ServiceDiscoveryClient;
}

/** An instance as ECS registers it. */
export function instance(id: string, port: number | undefined, address = "127.0.0.1"): Instance {
  const known = { AWS_INSTANCE_IPV4: address, ECS_CLUSTER_NAME: "dev" };
  const Attributes = port === undefined ? known : { ...known, AWS_INSTANCE_PORT: String(port) };
  return { InstanceId: id, Attributes };
}

export async function startCloudMap(): Promise<FakeCloudMap> {
  const services = new Map<string, readonly Instance[]>();
  const open = new Set<ServerResponse>();
  const waiting: (() => void)[] = [];
  const server = createServer((request, response) => {
    open.add(response);
    response.on("close", () => open.delete(response));
    void serve(request, response);
  });

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const call = await read(request);
    fake.calls.push(call);
    answer(call, response);
  }

  function answer(call: DiscoverCall, response: ServerResponse): void {
    const { ServiceName, NamespaceName, MaxResults = PAGE } = call;
    const { behaviour } = fake;
    if (behaviour === "silent") {
      for (const wake of waiting.splice(0)) wake();
      return;
    }
    if (behaviour !== "right") return send(response, behaviour.status, { __type: behaviour.type });
    const found = services.get(`${ServiceName}.${NamespaceName}`);
    if (found !== undefined) return send(response, 200, { Instances: found.slice(0, MaxResults) });
    const hasNamespace = [...services.keys()].some((name) => name.endsWith(`.${NamespaceName}`));
    const type = hasNamespace ? "ServiceNotFound" : "NamespaceNotFound";
    send(response, 400, { __type: type, Message: "it does not exist" });
  }

  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no TCP port");
  const client = new ServiceDiscoveryClient({
    endpoint: `http://127.0.0.1:${address.port}`,
    // The real host is data-servicediscovery.[region].
    disableHostPrefix: true,
    region: "eu-central-1",
    credentials: { accessKeyId: "key", secretAccessKey: "secret" },
    maxAttempts: 1,
  });
  const fake: FakeCloudMap = {
    port: address.port,
    calls: [],
    behaviour: "right",
    whenSilent: () => new Promise((resolve) => void waiting.push(resolve)),
    open: () => open.size,
    set: (name, instances) => void services.set(name, instances),
    client,
    async [Symbol.asyncDispose]() {
      client.destroy();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return fake;
}

async function read(request: IncomingMessage): Promise<DiscoverCall> {
  const target = request.headers["x-amz-target"];
  if (target !== "Route53AutoNaming_v20170314.DiscoverInstances") {
    throw new Error(`not DiscoverInstances: ${String(target)}`);
  }
  let body = "";
  for await (const chunk of request) body += String(chunk);
  return JSON.parse(body) as DiscoverCall;
}

function send(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { "content-type": "application/x-amz-json-1.1" });
  response.end(JSON.stringify(body));
}
