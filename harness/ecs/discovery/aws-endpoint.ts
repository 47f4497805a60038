import type { Zone } from "./dns-authority.ts";

/** The AWS APIs for containers: a private zone, as for interface endpoints. */
const ZONE = "vpce.internal";
const HOST = `aws.${ZONE}`;
const TTL = 60;

/** Its name and address, which no other resolver knows. @param prefix of the run's block, `127.x.y.` */
export const endpointOf = (prefix: string) => ({ name: HOST, address: `${prefix}3` });

/** The zone of that endpoint. SDKs put words before the host that they call, such as `data-` or a bucket's name. */
export const endpointZone = ({ address }: { readonly address: string }): Zone => ({
  name: ZONE,
  records: () => [HOST, `*.${ZONE}`].map((name) => ({ type: "A", name, ttl: TTL, address })),
});

/** The zone of the endpoint, for programs that ask the resolver for it by name. */
export const ENDPOINT_ZONE = ZONE;
