import { expect, it } from "vitest";
import { environments } from "../../../environments.ts";
import { effectsOf } from "../../../stacks/gate/effects.ts";
import { synthesized } from "../../../stacks/gate/synthesized.ts";
import {
  type Change,
  configured,
  environment,
  find,
  REDIS,
  REDIS_SERVICE,
  SERVICE,
  update,
  verdictOf,
  withoutChanges,
} from "./support/plans.ts";

const template = synthesized(environments, "stg");

const action =
  (address: string, ...actions: string[]): Change =>
  (draft) =>
    (find(draft, address).change.actions = actions);

it.each<[what: string, change: Change, redis: RegExp, users: RegExp]>([
  ["a release", () => {}, /^not touched$/, /^a rolling deployment of the app$/],
  ["no changes", withoutChanges, /^not touched$/, /^notice nothing$/],
  ["a new revision of Redis", action(REDIS, "delete", "create"), /^restarts: /, /^unknown: /],
  ["the end of Redis", action(REDIS_SERVICE, "delete"), /^stops$/, /^unknown: /],
  [
    "a change of Redis' service",
    (draft) => update(draft, REDIS_SERVICE, { desired_count: 0 }),
    /^may restart$/,
    /^unknown: /,
  ],
  [
    "a new file system",
    action("aws_efs_file_system.storage_efs", "delete", "create"),
    /^may lose its data$/,
    /^unknown: /,
  ],
  ["the end of the app", action(SERVICE, "delete"), /^its own resources do not/, /^the app stops$/],
  [
    "a command",
    (draft) => (configured(draft, SERVICE)["provisioners"] = [{ type: "local-exec" }]),
    /may affect it$/,
    /^unknown: /,
  ],
])("%s is explained for Redis and for users", (_, change, redis, users) => {
  const verdict = verdictOf("stg-app-release", "stg", change);
  const effects = effectsOf(verdict, environment("stg"), template);
  expect(effects.redis).toMatch(redis);
  expect(effects.users).toMatch(users);
});
