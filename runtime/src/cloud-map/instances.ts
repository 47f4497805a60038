import type { HttpInstanceSummary } from "@aws-sdk/client-servicediscovery";
import { withoutTrailingDot } from "../base/name.ts";
import type { SrvTarget } from "../base/types.ts";

/** A Cloud Map service: its name and the name of its namespace. */
export interface CloudMapService {
  readonly service: string;
  readonly namespace: string;
}

/**
 * The TTL of an answer in seconds, as the API gives none. Short, as the API is used for news that DNS
 * does not have yet; long enough that not every dial needs a call.
 */
export const TTL = 5;
/** The same for all instances, as in Cloud Map's SRV records. */
const PRIORITY = 1;
const WEIGHT = 1;

/**
 * Service and namespace of an SRV name, `[service].[namespace]`. If the service name starts with an
 * underscore, it also has a protocol (`_redis._tcp`), as Cloud Map requires.
 *
 * @param known given by the user; overrides the parts of the name
 * @see https://docs.aws.amazon.com/cloud-map/latest/dg/services-values.html
 */
export function serviceOf(
  name: string,
  known: { service?: string | undefined; namespace?: string | undefined },
): CloudMapService {
  const match = /^(?<service>(?:_[^.]+\.)*_[^.]+|[^.]+)(?:\.(?<namespace>.+))?$/.exec(
    withoutTrailingDot(name),
  );
  const service = known.service ?? match?.groups?.["service"];
  const namespace = known.namespace ?? match?.groups?.["namespace"];
  if (service !== undefined && namespace !== undefined) return { service, namespace };
  throw new Error(
    `${name} is not [service].[namespace]: give cloudMapResolver the options service and namespace`,
  );
}

/**
 * Targets with the host names of Cloud Map's DNS: `[instance].[service].[namespace]`. Instances
 * without a port cannot be dialed and are left out.
 *
 * @throws if there are instances, but none has a port
 */
export function targetsOf(
  instances: readonly HttpInstanceSummary[],
  { service, namespace }: CloudMapService,
): SrvTarget[] {
  const targets = instances.flatMap(({ InstanceId, Attributes = {} }) => {
    const port = portOf(Attributes["AWS_INSTANCE_PORT"]);
    if (port === undefined || InstanceId === undefined) return [];
    const addresses = [Attributes["AWS_INSTANCE_IPV4"], Attributes["AWS_INSTANCE_IPV6"]].filter(
      (address) => address !== undefined,
    );
    const target = {
      host: `${InstanceId}.${service}.${namespace}`,
      port,
      priority: PRIORITY,
      weight: WEIGHT,
      ttl: TTL,
    };
    return [addresses.length === 0 ? target : { ...target, addresses }];
  });
  if (targets.length > 0 || instances.length === 0) return targets;
  throw new Error(
    `none of its ${instances.length} instances has the attribute AWS_INSTANCE_PORT (ECS sets it for a service registry with a container port)`,
  );
}

function portOf(text: string | undefined): number | undefined {
  const port = Number(text);
  return text !== undefined && Number.isInteger(port) && port >= 1 && port <= 65_535
    ? port
    : undefined;
}
