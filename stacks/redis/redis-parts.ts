import type { ITerraformDependable } from "cdktf";
import type { Statement } from "../aws/policy.ts";

/** What an app needs to know of its Redis, whatever kind it is: the same variables, and rights. */
export interface RedisParts {
  /** `REDIS_URL`, without a password, unless it is a secret. */
  readonly environment: Readonly<Record<string, string>>;
  /** `REDIS_PASSWORD`, and `REDIS_URL` where it is a secret: what ECS reads them from. */
  readonly secrets: Readonly<Record<string, string>>;
  /** What the app may do to find it. */
  readonly allowed: readonly Statement[];
  /** The first deploy starts the app once these are there; later ones do not touch them. */
  readonly dependencies: readonly ITerraformDependable[];
}
