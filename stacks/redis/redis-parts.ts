import type { ITerraformDependable } from "cdktf";
import type { Statement } from "../aws/policy.ts";

/** What an app needs from its Redis. Every kind has the same variables. */
export interface RedisParts {
  /** `REDIS_URL` without a password, unless the URL is a secret. */
  readonly variables: Readonly<Record<string, string>>;
  /** ARNs of `REDIS_PASSWORD`, and of `REDIS_URL` where it is a secret. */
  readonly secrets: Readonly<Record<string, string>>;
  /**
   * ARNs that the app's tasks may read besides: with the password of the next rotation among them, a
   * rotation waits for no policy.
   */
  readonly readable: readonly string[];
  /** Lets the app find it. */
  readonly allowed: readonly Statement[];
  /** The first deploy starts the app after these. An app deploy does not touch them. */
  readonly dependencies: readonly ITerraformDependable[];
}
