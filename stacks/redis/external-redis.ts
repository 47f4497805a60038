import type { ExternalRedisConfig } from "../config/external-redis-schema.ts";
import type { Environment } from "../config/environment-schema.ts";
import type { RedisParts } from "./redis-parts.ts";
import { valueFrom } from "../aws/secret-access.ts";

/** An external Redis. Nothing is created; the app gets its URL and password. */
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

/** A secret for both URL and password contains an object. If there is a separate password, it contains only the URL. */
function urlOf({ url, password }: ExternalRedisConfig): ExternalRedisConfig["url"] {
  if (typeof url !== "string" || password !== undefined || hasKey(url)) return url;
  return withKey(url, "url");
}

function passwordOf({ url, password }: ExternalRedisConfig) {
  // Validation ensures that without a password the URL is a secret that contains both.
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
