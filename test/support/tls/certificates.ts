import { fileURLToPath } from "node:url";

/**
 * A self-signed certificate and its key, as PEM files, only for tests. Names: `dev-redis.dev-ecs`, `*.dev-ecs`,
 * `localhost` and 127.0.0.1. Created with `openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes
 * -days 36500`.
 */
export const TLS_FILES = {
  cert: fileURLToPath(new URL("cert.pem", import.meta.url)),
  key: fileURLToPath(new URL("key.pem", import.meta.url)),
};
