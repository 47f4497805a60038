import type { Zone } from "./dns-authority.ts";

/** The AWS API for containers: a private zone, as for an interface endpoint. */
const ZONE = "vpce.internal";
const HOST = `servicediscovery.${ZONE}`;
const ADDRESS = "127.0.0.1";
const TTL = 60;

/** A name that the resolver of every environment knows, and no other resolver does. */
export const ENDPOINT = { name: HOST, address: ADDRESS } as const;

/** The zone of that endpoint. The SDK adds `data-` to the host name that it calls. */
export const endpointZone: Zone = {
  name: ZONE,
  records: () =>
    [HOST, `data-${HOST}`].map((name) => ({ type: "A", name, ttl: TTL, address: ADDRESS })),
};

/** One zone with one address for each given host name. */
export function hostnameZones(hostnames: Readonly<Record<string, string>>): Zone[] {
  return Object.entries(hostnames).map(([name, address]) => ({
    name,
    records: () => [{ type: "A", name, ttl: TTL, address }],
  }));
}

/** Environment variables for an AWS SDK in a container: the API's endpoint, and credentials. */
export function awsVariables(port: number): Record<string, string> {
  return {
    AWS_ENDPOINT_URL_SERVICEDISCOVERY: `http://${HOST}:${port}`,
    AWS_ACCESS_KEY_ID: "LOCALECSTASKROLE",
    AWS_SECRET_ACCESS_KEY: "local-ecs",
  };
}
