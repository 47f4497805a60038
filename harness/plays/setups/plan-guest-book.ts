import { HarnessError, type LocalImage, type Plan } from "../../ecs/index.ts";
import { guestBook } from "./environment-setup.ts";
import { oldGuestBook } from "./old-setup.ts";
import { isTogether, passwordOf, redisUrlOf } from "./plan-redis.ts";
import { portOf, type Roles } from "./plan-roles.ts";

/** Seconds that the old setup's guest book waits for Redis before it ends. In AWS these are minutes. */
const WAIT = "2";

/**
 * The guest book that replaces the app of a plan. It connects to Redis the way the plan configures the app. If Redis
 * is in the same task, it is the guest book for the old setup, which ends if Redis is not ready.
 * @throws HarnessError if the plan gives the app no address of Redis
 */
export function planGuestBook(plan: Plan, roles: Roles): LocalImage {
  const { app, redis } = roles;
  const variables = new Set([
    ...Object.keys(app.container.environment),
    ...app.container.secrets.map(({ name }) => name),
  ]);
  const url = redisUrlOf(plan, roles);
  if (url === undefined && !variables.has("REDIS_URL")) {
    throw without(
      `${redis.service.name} has no name in Cloud Map, no endpoint in the app's namespace of Service Connect and no link, and ${app.container.name} no variable REDIS_URL: the guest book cannot find it`,
    );
  }
  if (passwordOf(redis.container) !== undefined && !variables.has("REDIS_PASSWORD")) {
    throw without(
      `Redis has a password, and ${app.container.name} no variable REDIS_PASSWORD: the guest book cannot log in`,
    );
  }
  const image = isTogether(roles) ? oldGuestBook() : guestBook();
  return {
    ...image,
    environment: {
      ...image.environment,
      PORT: String(portOf(app)),
      REDIS_WAIT_SECONDS: WAIT,
      ...(url !== undefined && { REDIS_URL: url }),
    },
  };
}

const without = (message: string): HarnessError =>
  new HarnessError("ERR_UNSUPPORTED", `${message}. Give your own app with --image NAME=COMMAND`);
