import type { EnvironmentInput } from "../../../stacks/config.ts";
import { repositoryOf } from "../../harness/tasks/image.ts";
import { redisImage } from "../../harness/tasks/redis-image.ts";
import type { Arrangement } from "../arrangements/arrangement.ts";
import { guestBook } from "../arrangements/environment.ts";
import { live } from "./environment.ts";
import { managedPlace } from "./managed-redis.ts";
import { account, existing, liveInAccount, oldFoundation, protectedLive } from "./stacks.ts";
import { changed, fixedParts, stackOf, together, type Template } from "./templates.ts";

/** The environment that takes over from `live`, as docs/to-elasticache.md has it. */
export const next = {
  account: live.account,
  region: live.region,
  state: live.state,
  network: live.network,
  cluster: live.cluster,
  redis: { kind: "elasticache", engine: "valkey", nodeType: "cache.t4g.small" },
  app: live.app,
} satisfies EnvironmentInput;

const ENDPOINT =
  "aws_elasticache_replication_group.next_elasticache_group.primary_endpoint_address";

export interface AccountOptions {
  /** Whether the environment `live` is there. @default true */
  readonly live?: boolean;
  /** Whether its app runs. @default true */
  readonly isServed?: boolean;
  /** Whether the environment `next` is there; its load balancer always is. @default false */
  readonly next?: boolean;
}

/** The account with both environments, or one of them. */
export function accountWith(options: AccountOptions): Template {
  const { live: isThere = true, isServed = true, next: isNext = false } = options;
  const first = account(oldFoundation(), isThere ? protectedLive : undefined);
  const served = changed(first, (type, name, block) =>
    type === "aws_ecs_service" && name === "live_app_service" && !isServed
      ? { ...block, desired_count: 0 }
      : block,
  );
  const other = stackOf("next", next);
  return together(served, isNext ? other : fixedParts(other), existing, "next_");
}

/** The environment `live` in an account where `next` takes over; its Redis is where the run is told. */
export function liveBeforeNext(): Arrangement {
  const managed = managedPlace();
  const image = {
    ...guestBook(),
    // On AWS the certificate is one that every system trusts.
    environment: { NODE_EXTRA_CA_CERTS: managed.certificate },
  };
  const local: Arrangement["local"] = {
    template: accountWith({}),
    images: { redis: redisImage(), [repositoryOf(live.app.image)]: image },
    parameters: {},
    secrets: {},
    attributes: { [ENDPOINT]: managed.name },
    hostnames: { [managed.name]: managed.address },
  };
  const successor: Arrangement = {
    environment: "next",
    local,
    services: { app: "next-app", redis: "next-redis" },
    managed,
    password: "next-redis-password",
    srvName: undefined,
    release: () => accountWith({ live: false, next: true }),
  };
  return { ...liveInAccount(), local, release: () => accountWith({}), successor };
}
