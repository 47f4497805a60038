import { AGENT } from "../machine/container-network.ts";
import { GATEWAY } from "../machine/gateway.ts";
import type { AgentClient } from "../tasks/container-context.ts";
import type { Agent } from "./agent.ts";

export interface AgentVariables {
  readonly agent: Pick<Agent, "address" | "port" | "idOf">;
  /** The name of its address in the VPC's resolver. */
  readonly name: string;
  /** Whether every program finds that name. */
  readonly isFound: boolean;
  /** The provider's; the local APIs accept any. */
  readonly region: string;
  /** URLs of AWS APIs that the user has given, by variable. */
  readonly endpoints: Readonly<Record<string, string>>;
}

/**
 * The environment variables that ECS' agent sets, and those that lead calls of AWS APIs to the agent or to where the user wants.
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-metadata-endpoint-v4.html
 * https://docs.aws.amazon.com/sdkref/latest/guide/feature-ss-endpoints.html
 */
export function agentVariables(
  { agent, name, isFound, region, endpoints }: AgentVariables,
  { taskId, container, definition, hasNetwork, own: given }: AgentClient,
): Record<string, string> {
  const id = agent.idOf(taskId, container);
  const direct = `http://${agent.address}:${agent.port}`;
  const named = `http://${name}:${agent.port}`;
  const own = hasNetwork ? `http://${AGENT}` : direct;
  const credentials = `/v2/credentials/${id}`;
  return {
    ECS_CONTAINER_METADATA_URI: `${own}/v3/${id}`,
    ECS_CONTAINER_METADATA_URI_V4: `${own}/v4/${id}`,
    ECS_AGENT_URI: `${own}/api/${id}`,
    // Neither if the container has one of the two (`ApplyRegionToContainer`).
    ...(!("AWS_REGION" in given || "AWS_DEFAULT_REGION" in given) && {
      AWS_REGION: region,
      AWS_DEFAULT_REGION: region,
    }),
    AWS_EXECUTION_ENV: `AWS_ECS_${definition.launchType ?? "EC2"}`,
    // This machine may itself be an instance with a role.
    AWS_EC2_METADATA_DISABLED: "true",
    ...(definition.taskRole !== undefined && credentialsAt(hasNetwork, own, credentials)),
    AWS_ENDPOINT_URL: `${isFound ? named : direct}/aws/${id}`,
    // The SDK adds `data-` to the host of DiscoverInstances, so it must be a name.
    AWS_ENDPOINT_URL_SERVICEDISCOVERY: `${named}/aws/${id}`,
    ...(hasNetwork ? asFromNetwork(endpoints) : endpoints),
  };
}

/** SDKs allow http at the agent's address, and on loopback. */
const credentialsAt = (hasNetwork: boolean, own: string, path: string): Record<string, string> =>
  hasNetwork
    ? { AWS_CONTAINER_CREDENTIALS_RELATIVE_URI: path }
    : { AWS_CONTAINER_CREDENTIALS_FULL_URI: `${own}${path}` };

/** In a network of its own, localhost is the container. This machine's is at the gateway. */
const asFromNetwork = (endpoints: AgentVariables["endpoints"]): Record<string, string> =>
  Object.fromEntries(
    Object.entries(endpoints).map(([variable, url]) => [
      variable,
      url.replace(/^(https?:\/\/)(?:localhost|127\.0\.0\.1)(?=[:/]|$)/, `$1${GATEWAY}`),
    ]),
  );
