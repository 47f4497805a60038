import type { Zone } from "./dns-authority.ts";

/** The AWS API for containers: a private zone, as for an interface endpoint. */
const ZONE = "vpce.internal";
const HOST = `servicediscovery.${ZONE}`;
const TTL = 60;

/** Its name and address, which no other resolver knows. @param prefix of the run's block, `127.x.y.` */
export const endpointOf = (prefix: string) => ({ name: HOST, address: `${prefix}3` });

/** The zone of that endpoint. The SDK adds `data-` to the host name that it calls. */
export const endpointZone = ({ address }: { readonly address: string }): Zone => ({
  name: ZONE,
  records: () => [HOST, `data-${HOST}`].map((name) => ({ type: "A", name, ttl: TTL, address })),
});

/** The zone of the endpoint, for programs that ask the resolver for it by name. */
export const ENDPOINT_ZONE = ZONE;

/**
 * Environment variables for an AWS SDK in a container: the region as ECS' agent sets it (from 1.104 on), the API's
 * endpoint, and credentials.
 * @param region the provider's; the local API accepts any
 */
export function awsVariables(port: number, region = "us-east-1"): Record<string, string> {
  return {
    AWS_REGION: region,
    AWS_DEFAULT_REGION: region,
    AWS_ENDPOINT_URL_SERVICEDISCOVERY: `http://${HOST}:${port}`,
    AWS_ACCESS_KEY_ID: "LOCALECSTASKROLE",
    AWS_SECRET_ACCESS_KEY: "local-ecs",
  };
}
