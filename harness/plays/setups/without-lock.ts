import { REDIS, type Setup } from "./setup.ts";
import { environmentSetup } from "./environment-setup.ts";
import { example } from "./example-environment.ts";
import { changed, changedContainer, type Template } from "./template.ts";

/** The line of the Redis command that takes the writer lock. */
const LOCK = /^exec 9<>\/data\/\.writer\.lock\nflock [^\n]*\n/m;

/** A health check that does not end the first of two writers. */
const PING = ["CMD-SHELL", "redis-cli ping"];

/**
 * An environment without the writer lock, and with ECS' default percentages, which keep the old Redis
 * until the new one is healthy.
 * @param setup by default that of the environment dev
 */
export function withoutLock(setup: Setup = devSetup()): Setup {
  return {
    ...setup,
    local: { ...setup.local, template: unlocked(setup.local.template) },
    release: (release) => unlocked(setup.release(release)),
  };
}

const devSetup = (): Setup => environmentSetup("dev", { environments: example });

function unlocked(template: unknown): Template {
  const withDefaults = changed(template as Template, (type, name, block) => {
    if (type !== "aws_ecs_service" || name !== "redis_service") return block;
    return {
      ...block,
      deployment_minimum_healthy_percent: 100,
      deployment_maximum_percent: 200,
    };
  });
  return changedContainer(withDefaults, REDIS, (redis) => {
    const [shell, flag, script = ""] = redis.command ?? [];
    if (!LOCK.test(script)) throw new Error("the command of Redis does not take the lock");
    return {
      ...redis,
      command: [shell, flag, script.replace(LOCK, "")],
      healthCheck: { ...redis.healthCheck, command: PING },
    };
  });
}

/** The same template with another revision of Redis' task definition. */
export function redisRelease(template: unknown): Template {
  return changedContainer(template as Template, REDIS, (redis) => ({
    ...redis,
    dockerLabels: { release: "2" },
  }));
}
