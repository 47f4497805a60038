import { ServiceDiscoveryPrivateDnsNamespace } from "@cdktf/provider-aws/lib/service-discovery-private-dns-namespace/index.js";
import { ServiceDiscoveryService } from "@cdktf/provider-aws/lib/service-discovery-service/index.js";
import { Construct } from "constructs";
import type { Environment } from "../config/environment-schema.ts";
import type { NetworkParts } from "../network/network.ts";
import type { Statement } from "../aws/policy.ts";
import { preventDestroyIf } from "../aws/protection.ts";

/** SRV records have host and port, A records only the address. */
export type RecordType = "SRV" | "A";

/** Props of `Discovery`. */
export interface DiscoveryProps {
  /** The `namespace` of an environment: an existing one if it has an `id`, else a new one. See docs/environments.md. */
  readonly config: Environment["namespace"];
  /** Name of the namespace, which is the DNS zone. */
  readonly namespace: string;
  /** The network in which its names resolve. */
  readonly network: NetworkParts;
  /** True: Terraform refuses to destroy the namespace and its services. */
  readonly isProtected: boolean;
}

/**
 * A Cloud Map namespace, which is a private DNS zone, and the services in it.
 *
 * @throws {Error} when the scope has a construct with this id already
 * @see https://docs.aws.amazon.com/cloud-map/latest/api/API_CreatePrivateDnsNamespace.html
 * @example
 * const zone = new Discovery(stack, "zone", {
 *   config: {},
 *   namespace: "tools-ecs",
 *   network,
 *   isProtected: false,
 * });
 * console.log(zone.nameOf("tools-redis")); // tools-redis.tools-ecs
 */
export class Discovery extends Construct {
  private readonly namespace: string;
  private readonly namespaceId: string;
  private readonly isProtected: boolean;

  constructor(scope: Construct, id: string, props: DiscoveryProps) {
    super(scope, id);
    this.isProtected = props.isProtected;
    this.namespace = props.namespace;
    this.namespaceId =
      "id" in props.config
        ? props.config.id
        : new ServiceDiscoveryPrivateDnsNamespace(this, "namespace", {
            name: props.namespace,
            vpc: props.network.vpcId,
            ...preventDestroyIf(props.isProtected),
          }).id;
  }

  /** The name that clients look up: `[service].[namespace]`. @throws none */
  nameOf(service: string): string {
    return `${service}.${this.namespace}`;
  }

  /**
   * A service with SRV or A records. For tasks in bridge and host mode, Cloud Map supports only SRV records.
   *
   * @param id construct id: the service's name without the environment
   * @param name name of the service in Cloud Map
   * @param ttl TTL of the records in seconds: how long a client may use an old address
   * @param type default `"SRV"`
   * @throws {Error} when a construct with this id exists already
   */
  service(
    id: string,
    name: string,
    ttl: number,
    type: RecordType = "SRV",
  ): ServiceDiscoveryService {
    return new ServiceDiscoveryService(this, id, {
      name,
      dnsConfig: {
        namespaceId: this.namespaceId,
        // Returns up to 8 healthy instances. WEIGHTED would return one at random.
        routingPolicy: "MULTIVALUE",
        dnsRecords: [{ type, ttl }],
      },
      // ECS reports health here. An empty block would plan a replacement every time
      // (https://github.com/hashicorp/terraform-provider-aws/issues/44285). AWS always uses 1.
      healthCheckCustomConfig: { failureThreshold: 1 },
      // Without it, instances of killed tasks would block the delete.
      forceDestroy: !this.isProtected,
      ...preventDestroyIf(this.isProtected),
    });
  }
}

/**
 * Lets a role query Cloud Map for the instances of services, where DNS is too slow. The action does not
 * support resources, so the resource is `*`. Several services share one statement, because IAM limits the size of policies.
 *
 * @throws none
 * @see https://docs.aws.amazon.com/cloud-map/latest/api/API_DiscoverInstances.html
 * @example
 * const statement = discover(names.namespace, names.redis);
 * console.log(statement.Action); // servicediscovery:DiscoverInstances
 */
export function discover(
  namespace: string,
  service: string,
  ...more: readonly string[]
): Statement {
  return {
    Effect: "Allow",
    Action: "servicediscovery:DiscoverInstances",
    Resource: "*",
    Condition: {
      StringEquals: {
        "servicediscovery:NamespaceName": namespace,
        "servicediscovery:ServiceName": more.length === 0 ? service : [service, ...more],
      },
    },
  };
}
