import type { Zone } from "./dns-authority.ts";

/** Where the containers find the AWS API: names in a private zone, as of an interface endpoint. */
const ZONE = "vpce.internal";
const HOST = `servicediscovery.${ZONE}`;
const TTL = 60;

/** The zone that leads to this machine; the SDK puts `data-` before the host it calls. */
export const endpointZone: Zone = {
  name: ZONE,
  records: () =>
    [HOST, `data-${HOST}`].map((name) => ({ type: "A", name, ttl: TTL, address: "127.0.0.1" })),
};

/** A zone for each name that somebody else answers for: it has an address, and nothing below it. */
export function outsideZones(hostnames: Readonly<Record<string, string>>): Zone[] {
  return Object.entries(hostnames).map(([name, address]) => ({
    name,
    records: () => [{ type: "A", name, ttl: TTL, address }],
  }));
}

/** What an SDK in a container finds: where the API is, and credentials as of the task's role. */
export function awsEnvironment(port: number): Record<string, string> {
  return {
    AWS_ENDPOINT_URL_SERVICEDISCOVERY: `http://${HOST}:${port}`,
    AWS_ACCESS_KEY_ID: "LOCALECSTASKROLE",
    AWS_SECRET_ACCESS_KEY: "local-ecs",
  };
}
