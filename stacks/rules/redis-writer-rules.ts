import { healthCheckOf, inRedis } from "./redis-finding.ts";
import type { Rule } from "./rule.ts";
import { redisTasksOf } from "./tasks.ts";

// Files that Redis' start script and health check share in the data folder.

export const writerFence: Rule = {
  id: "writer-fence",
  title:
    "A Redis that lost its lock while its host could not reach EFS is ended: otherwise two servers would append to one file",
  source: "https://datatracker.ietf.org/doc/html/rfc8881#section-8.4.3",
  remedy:
    "the command writes a token next to the lock after it has taken it, and the health check compares it: timeout ... cat DATA/.writer.token, and kill -9 if it is another one",
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
    "The version of the data is recorded only after a server has replied: otherwise a version that cannot start would lock out the working one",
  source: "https://redis.io/docs/latest/operate/oss_and_stack/install/upgrade/",
  remedy:
    "the health check writes the record with a rename after PONG; the command reads it, refuses with exit code 78, and does not write it",
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
