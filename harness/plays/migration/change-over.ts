import type {
  EnvironmentInput,
  EnvironmentsInput,
} from "../../../stacks/config/environment-schema.ts";
import type { Setup } from "../setups/setup.ts";
import { environmentSetup, guestBook } from "../setups/environment-setup.ts";
import { example } from "../setups/example-environment.ts";
import { synthesized } from "../setups/synthesized.ts";
import { changed, type Template } from "../setups/template.ts";
import { managedPlace } from "./managed-redis.ts";

/** The `redis` field of dev in the steps of docs/migration.md. */
const service = { memory: 512, dnsTtl: 5 };
export const withElastiCache = {
  ...service,
  beside: { kind: "elasticache", nodeType: "cache.t4g.small" },
} as const satisfies EnvironmentInput["redis"];
export const changedOver = {
  kind: "elasticache",
  nodeType: "cache.t4g.small",
  beside: service,
} as const satisfies EnvironmentInput["redis"];
export const elastiCache = {
  kind: "elasticache",
  nodeType: "cache.t4g.small",
} as const satisfies EnvironmentInput["redis"];

const ENDPOINT = "aws_elasticache_replication_group.elasticache_group.primary_endpoint_address";
/** ElastiCache's password is stored in the state, so the state must be encrypted. */
const state = { kind: "s3", bucket: "111111111111-terraform-states" } as const;

function devWith(redis: EnvironmentInput["redis"]): EnvironmentsInput["dev"] & object {
  return { ...example.dev, state, redis };
}

/** The stack of dev with this Redis. @param isServed whether its app runs */
export function devStack(redis: EnvironmentInput["redis"], isServed = true): Template {
  return changed(synthesized({ dev: devWith(redis) }, "dev"), (type, name, block) =>
    type === "aws_ecs_service" && name === "app_service" && !isServed
      ? { ...block, desired_count: 0 }
      : block,
  );
}

/** The environment dev, with ElastiCache as its successor: a real Redis outside the local ECS. */
export function onTheWay(): Setup {
  const managed = managedPlace();
  const app = {
    ...guestBook(),
    // On AWS, every system trusts the certificate.
    environment: { NODE_EXTRA_CA_CERTS: managed.certificate.cert },
  };
  const dev = environmentSetup("dev", { environments: { dev: devWith(service) }, app });
  const local = {
    ...dev.local,
    attributes: { [ENDPOINT]: managed.name },
    hostnames: { [managed.name]: managed.address },
  };
  return { ...dev, local, successor: { ...dev, local, managed } };
}
