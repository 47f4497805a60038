import type { HttpInstanceSummary } from "@aws-sdk/client-servicediscovery";
import { withoutTrailingDot } from "../base/name.ts";
import type { SrvTarget } from "../base/types.ts";

/** A Cloud Map service: its name and its namespace's. */
export interface CloudMapService {
  readonly service: string;
  readonly namespace: string;
}

/**
 * Seconds an answer holds in the dialer's cache; the API tells none. Short, since the API is asked for
 * what DNS does not say yet; long enough that not every dial costs a call.
 */
export const TTL = 5;
/** Cloud Map gives every instance the same SRV priority and weight, and so does this. */
const PRIORITY = 1;
const WEIGHT = 1;

/**
 * Service and namespace of an SRV name, `[service].[namespace]`. A service whose name begins with an
 * underscore has a protocol as well (`_redis._tcp`), as Cloud Map requires.
 *
 * @param known what the user has named takes the place of what the name says
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
 * Targets as Cloud Map's DNS names them: `[instance].[service].[namespace]`. Instances without a
 * port cannot be dialed and are left out.
 *
 * @throws when none of the instances has a port
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
