import { healthCheckOf } from "./redis-finding.ts";
import { finding, type Rule } from "./rule.ts";
import { type Container, redisTasksOf, tasksOf } from "./tasks.ts";
import { at, type Body } from "./template.ts";
import { secondsOf } from "./terraform-duration.ts";

/** Times of a container's health check and stop, in seconds. */
function timesOf({ body }: Container) {
  const of = (name: string): number => Number(at(body, `healthCheck.${name}`));
  const [interval, timeout, retries] = [of("interval"), of("timeout"), of("retries")];
  return {
    // A check that hangs takes interval + timeout. With a closed port, it takes only the interval.
    stall: (interval + timeout) * retries,
    deadPort: interval * retries,
    startPeriod: of("startPeriod"),
    stop: Number(body["stopTimeout"]),
  };
}

const stallsTolerated: Rule = {
  id: "stalls-tolerated",
  title:
    "Redis is not killed during a stall of its file system of up to five minutes. It is replaced within five minutes if its port is closed. Docker starts the interval after a check ends",
  source: "https://github.com/moby/moby/blob/master/daemon/health.go",
  remedy:
    "(interval + timeout) x retries of at least 300 s, and interval x retries of at most 300 s",
  *check(template) {
    for (const { definition, redis } of redisTasksOf(template)) {
      const { stall, deadPort } = timesOf(redis);
      if (stall >= 300 && deadPort <= 300) continue;
      const got = `${stall} s for a stall, ${deadPort} s for a closed port`;
      yield finding(definition, `${redis.field}.healthCheck`, got);
    }
  },
};

const restartsInPlace: Rule = {
  id: "redis-restarts-in-place",
  title:
    "After a crash, Redis is restarted inside its task, with the same mount, port and record. ECS replaces the task for exit codes that a restart would repeat",
  source:
    "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/container-restart-policy.html",
  remedy:
    "restartPolicy enabled, with restartAttemptPeriod 60, and ignoredExitCodes with every exit code of the command, and 0 if the health check ends the server",
  *check(template) {
    for (const task of redisTasksOf(template)) {
      const { definition, redis } = task;
      const policy = at(redis.body, "restartPolicy");
      const isOn = at(policy, "enabled") === true && at(policy, "restartAttemptPeriod") === 60;
      const ignored = ignoredBy(redis.body);
      const own = [...redis.command.matchAll(/\bexit ([1-9]\d*)/g)].map(([, code]) => Number(code));
      const ended = healthCheckOf(task).includes("redis-cli shutdown") ? [0] : [];
      if (isOn && [...own, ...ended].every((code) => ignored.includes(code))) continue;
      yield finding(definition, `${redis.field}.restartPolicy`, policy);
    }
  },
};

const oneOffEnds: Rule = {
  id: "one-off-ends",
  title:
    "A task without a service has no restart policy, which would restart it even after exit code 0",
  source:
    "https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ContainerRestartPolicy.html",
  remedy: "no restartPolicy in the task definition, or 0 in its ignoredExitCodes",
  *check(template) {
    for (const { definition, containers, services } of tasksOf(template)) {
      if (services.length > 0) continue;
      for (const { field, body } of containers) {
        const restarts = at(body, "restartPolicy.enabled") === true && !ignoredBy(body).includes(0);
        if (restarts) yield finding(definition, `${field}.restartPolicy`);
      }
    }
  },
};

function ignoredBy(body: Body): readonly unknown[] {
  const codes = at(body, "restartPolicy.ignoredExitCodes");
  return Array.isArray(codes) ? codes : [];
}

const redisHeals: Rule = {
  id: "redis-heals",
  title:
    "ECS starts tasks of Redis until one stays healthy: after a fault of its file system, Redis comes back without a person",
  source:
    "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-circuit-breaker.html",
  remedy:
    "no deployment_circuit_breaker with enable, which ends a deployment after three failed tasks; timeouts.create and update of at least stopTimeout for the old task, and startPeriod + (interval + timeout) x retries for the new one",
  *check(template) {
    for (const { redis, services } of redisTasksOf(template)) {
      const { startPeriod, stall, stop } = timesOf(redis);
      for (const service of services) {
        if (at(service.body, "deployment_circuit_breaker.enable") === true) {
          yield finding(service, "deployment_circuit_breaker");
        }
        for (const field of ["timeouts.create", "timeouts.update"]) {
          const seconds = secondsOf(at(service.body, field));
          if (!(seconds >= stop + startPeriod + stall)) yield finding(service, field);
        }
      }
    }
  },
};

/** Stalls, crashes, one-off tasks and deployments of Redis. */
export const redisRecoveryRules: readonly Rule[] = [
  stallsTolerated,
  restartsInPlace,
  oneOffEnds,
  redisHeals,
];
