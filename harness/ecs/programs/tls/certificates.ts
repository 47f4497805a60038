import { fileURLToPath } from "node:url";

/**
 * A self-signed certificate and its key, as PEM files, only for loopback. Names: `dev-redis.dev-ecs`,
 * `*.dev-ecs`, `localhost` and 127.0.0.1. Created with `openssl req -x509 -newkey ec -pkeyopt
 * ec_paramgen_curve:prime256v1 -nodes -days 36500`.
 */
export const TLS_FILES = {
  cert: fileURLToPath(new URL("cert.pem", import.meta.url)),
  key: fileURLToPath(new URL("key.pem", import.meta.url)),
};

/** Another certificate with the same key, for a local ElastiCache. Its name is the name of an endpoint. */
export const ELASTICACHE_TLS = {
  name: "master.dev-redis.local.euc1.cache.amazonaws.com",
  cert: fileURLToPath(new URL("elasticache.pem", import.meta.url)),
  key: TLS_FILES.key,
};

/** Another certificate with the same key: `redis.moving`, `*.redis.moving`, `localhost` and 127.0.0.1. */
export const MOVING_TLS = {
  cert: fileURLToPath(new URL("moving.pem", import.meta.url)),
  key: TLS_FILES.key,
};
