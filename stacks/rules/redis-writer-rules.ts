import { healthCheckOf, inRedis } from "./redis-finding.ts";
import type { Rule } from "./rule.ts";
import { redisTasksOf } from "./tasks.ts";

// What start and health check of Redis do together: both write beside the data.

export const writerFence: Rule = {
  id: "writer-fence",
  title:
    "A Redis that lost its lock while its host was cut off from EFS ends itself: otherwise two servers would append to one file",
  source: "https://datatracker.ietf.org/doc/html/rfc8881#section-8.4.3",
  remedy:
    "the command writes a token beside the lock once it has it, and the health check compares it: timeout ... cat DATA/.writer.token, and kill -9 where it is another one's",
  *check(template) {
    for (const task of redisTasksOf(template)) {
      const written = /flock -w[^]*echo "\$token" >(\S+\.writer\.token)/.exec(
        task.redis.command,
      )?.[1];
      if (written === undefined) yield inRedis(task, "command", task.redis.command);
      const check = healthCheckOf(task);
      const compares = /timeout [^\n]* cat (\S+\.writer\.token)[^]*kill -9/.exec(check)?.[1];
      if (written !== undefined && compares !== written) {
        yield inRedis(task, "healthCheck.command", check);
      }
    }
  },
};

export const versionAfterAnswer: Rule = {
  id: "version-after-answer",
  title:
    "The version of the data is recorded only after a server has answered: otherwise a version that never starts would lock out the one that does",
  source: "https://redis.io/docs/latest/operate/oss_and_stack/install/upgrade/",
  remedy:
    "the health check renames the record into place after PONG; the command reads it, refuses with exit 78 and does not write it",
  *check(template) {
    for (const task of redisTasksOf(template)) {
      const { command } = task.redis;
      if (!/exit 78/.test(command) || />\s*\S*\.server-version/.test(command)) {
        yield inRedis(task, "command", command);
      }
      const check = healthCheckOf(task);
      if (!/PONG[^]*mv \S+ \S+\.server-version\b/.test(check)) {
        yield inRedis(task, "healthCheck.command", check);
      }
    }
  },
};
