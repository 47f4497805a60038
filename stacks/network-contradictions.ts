import type { EnvironmentFields } from "./config-schema.ts";
import type { Contradiction } from "./contradictions.ts";

const names = "where the names of endpoints are not com.amazonaws.<region>.<service>";

/** The image must be where a host without NAT reaches it. */
const localImage = ({ region }: EnvironmentFields): string =>
  `with network.nat none, an image in ECR of the same region, <account>.dkr.ecr.${region}` +
  ".amazonaws.com/<repository>: push a copy there, or pull it once through ECR's cache from " +
  "where there is a way out";

/** What a network without a way out, or with ways of its own, asks of the rest. */
export const networkContradictions: readonly Contradiction[] = [
  {
    path: ["network", "nat"],
    allowed: `single or perZone in China, ${names}`,
    holds: (environment) => hasNat(environment) || !isChina(environment),
  },
  {
    path: ["network", "endpoints"],
    allowed: `none in China, ${names}`,
    holds: (environment) => endpointsOf(environment).length === 0 || !isChina(environment),
  },
  {
    path: ["redis", "image"],
    allowed: localImage,
    holds: (environment) => hasNat(environment) || isLocal(environment.redis.image, environment),
  },
  {
    path: ["app", "image"],
    allowed: localImage,
    holds: (environment) => hasNat(environment) || isLocal(environment.app.image, environment),
  },
];

function isChina({ region }: EnvironmentFields): boolean {
  return region.startsWith("cn-");
}

/** An existing network has what its owner gave it. */
function hasNat({ network }: EnvironmentFields): boolean {
  return !("nat" in network) || network.nat !== "none";
}

function endpointsOf({ network }: EnvironmentFields): readonly string[] {
  return "endpoints" in network ? network.endpoints : [];
}

/** An image in a parameter is known only when it is deployed. */
function isLocal(image: unknown, { region }: EnvironmentFields): boolean {
  const local = new RegExp(`^\\d{12}\\.dkr\\.ecr\\.${region}\\.amazonaws\\.com/`);
  return typeof image !== "string" || local.test(image);
}
