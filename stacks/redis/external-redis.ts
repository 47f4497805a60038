import type { ExternalRedisConfig } from "../config/external-redis-schema.ts";
import type { Environment } from "../config/environment-schema.ts";
import type { RedisParts } from "./redis-parts.ts";
import { valueFrom } from "../aws/secret-access.ts";

/** An external Redis: nothing is created, and the app gets its URL and password. */
export function externalRedis(
  config: ExternalRedisConfig,
  environment: Pick<Environment, "account" | "region">,
): RedisParts {
  const url = urlOf(config);
  const isPlain = typeof url === "string" && url.includes("://");
  return {
    variables: isPlain ? { REDIS_URL: url } : {},
    secrets: {
      ...(!isPlain && { REDIS_URL: valueFrom(url, environment) }),
      REDIS_PASSWORD: valueFrom(passwordOf(config), environment),
    },
    readable: [],
    allowed: [],
    dependencies: [],
  };
}

/** A secret for both holds an object; if the password has its own, the secret holds only the URL. */
function urlOf({ url, password }: ExternalRedisConfig): ExternalRedisConfig["url"] {
  if (typeof url !== "string" || password !== undefined || hasKey(url)) return url;
  return withKey(url, "url");
}

function passwordOf({ url, password }: ExternalRedisConfig) {
  // Validation has seen to it that without one the URL is a secret, which holds both.
  return password ?? withKey(typeof url === "string" ? url : url.ssmParameter, "password");
}

function hasKey(reference: string): boolean {
  return reference.split(":").length > 7;
}

/** Sets the key in `<arn>:<json key>:<version stage>:<version id>`. */
function withKey(reference: string, key: string): string {
  const [stage = "", version = ""] = reference.split(":").slice(8);
  return [...reference.split(":").slice(0, 7), key, stage, version].join(":");
}
