import type { ITerraformDependable } from "cdktf";
import type { Statement } from "../aws/policy.ts";

/** What an app needs to use its Redis. All kinds of Redis set the same variables. */
export interface RedisParts {
  /** `REDIS_URL` without a password, unless the URL is a secret. */
  readonly variables: Readonly<Record<string, string>>;
  /** ARNs of `REDIS_PASSWORD`, and of `REDIS_URL` if it is a secret. */
  readonly secrets: Readonly<Record<string, string>>;
  /**
   * ARNs of additional secrets that the app's tasks may read. They include the next password, so that a rotation
   * does not have to wait for a policy change.
   */
  readonly readable: readonly string[];
  /** Statements that allow the app to find Redis. */
  readonly allowed: readonly Statement[];
  /** Resources that must exist before the app starts. App deploys do not change them. */
  readonly dependencies: readonly ITerraformDependable[];
}
