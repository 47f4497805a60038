import { setTimeout } from "node:timers/promises";
import { FAULTS } from "../../ecs/base/fault-primitives.ts";
import type { EcsEvent, TaskState } from "../../ecs/index.ts";
import { REDIS } from "../setups/setup.ts";
import { changedContainer, type Template } from "../setups/template.ts";
import type { Stage } from "../stage/stage.ts";
import {
  expectAllAnswered,
  expectNoRestarts,
  expectNoticed,
  expectOneRedisStart,
  expectRecovery,
} from "./expectations.ts";
import { type Fault, type Impact, MINUTES_AS_SECONDS, type Repair } from "./fault.ts";
import { killRedis } from "./redis-faults.ts";

// How ECS handles a Redis that crashes, stalls or has a bad release. Minutes in AWS are seconds here.

/** Milliseconds, a little more than the uptime after which Redis is restarted in place. */
const OLD_ENOUGH = 60_000 / MINUTES_AS_SECONDS + 500;

const CHECKS = "failed health checks in a row";

export const redisCrashes: Fault = {
  name: "redis-crashes",
  title: "Redis crashes after its first minute",
  inAws:
    "a crash, or the kernel's memory killer; restarted in its task; a minute is five seconds here",
  speed: MINUTES_AS_SECONDS,
  inOldSetup: true,
  begin: async (stage) => {
    const ran = stage.now() - (stage.redisTask.startedAt ?? 0);
    await setTimeout(Math.max(0, OLD_ENOUGH - ran), undefined, { signal: stage.signal });
    await killRedis(stage);
    return undefined;
  },
  expect: (stage, impact) => {
    const since = stage.eventsSince(impact.repairedAt - impact.lasted);
    const { redis } = stage.setup.services;
    // Cloud Map shows the health of the first deploy after half a minute.
    const changed = since.filter(
      (event) =>
        (event.type === "record" && event.action !== "health") ||
        (event.type === "task" && event.service === redis),
    );
    stage.results.expect("task and record are unchanged", changed.length === 0, changed.length);
    expectOneRedisStart(stage, impact);
    expectAllAnswered(stage, impact);
    expectRecovery(stage, impact, 5_000);
  },
};

/**
 * A server whose write to its file blocks behaves like a stopped process: it accepts connections and does not answer.
 */
export const storageStalled: Fault = {
  name: "storage-stalled",
  title: "the file system of Redis stalls",
  inAws:
    "EFS that does not answer for two minutes, in which PING waits for a write; 12 times as fast here",
  speed: MINUTES_AS_SECONDS,
  inOldSetup: true,
  begin: (stage) => {
    const { ecs, redisTask, results } = stage;
    const { id } = redisTask;
    ecs.faults.freeze(id);
    return () => {
      results.measure(CHECKS, failedChecksOf(stage, ecs.task(id)));
      ecs.faults.thaw(id);
    };
  },
  lasts: 120_000 / MINUTES_AS_SECONDS,
  expect: (stage, impact) => {
    const failed = stage.results.figures.findLast(({ name }) => name === CHECKS)?.value ?? "0";
    stage.results.expect(
      "health checks failed, but too few to stop it",
      Number(failed) > 0,
      failed,
    );
    expectNoticed(stage, impact);
    expectAllAnswered(stage, impact);
    expectNoRestarts(stage, impact);
    expectRecovery(stage, impact, 5_000);
  },
};

function failedChecksOf({ containers: { redis } }: Stage, { containers }: TaskState): number {
  return containers.find(({ name }) => name === redis)?.failedChecks ?? 0;
}

/** More tasks than a circuit breaker allows to fail. */
const TRIES = 4;

/** Waits until ECS has started several tasks of Redis without success. The pauses between them grow. */
async function triesFail(stage: Stage, since: number): Promise<void> {
  const { redis } = stage.setup.services;
  const isCreated = (event: EcsEvent): boolean =>
    event.type === "task" && event.service === redis && event.from === undefined;
  const created = (): number => stage.eventsSince(since).filter(isCreated).length;
  await stage.until("ECS has tried several times", () => created() >= TRIES);
}

/** The server with its first option. */
const SERVER = /redis-server (?=--include )/;

/** A release with an unknown option. */
function badRelease(template: unknown): Template {
  return changedContainer(template as Template, REDIS, ({ command = [], ...redis }) => {
    if (!command.some((word) => SERVER.test(word)))
      throw new Error("the command does not start Redis");
    const bad = command.map((word) => word.replace(SERVER, "redis-server --no-such-option 1 "));
    return { ...redis, command: bad };
  });
}

export const badRedis: Fault = {
  name: "bad-redis",
  title: "a release of Redis that never starts",
  inAws:
    "a wrong option, or an image that does not start; afterwards the release before is deployed",
  ofOwnStack: true,
  begin: async (stage) => {
    const { ecs, results, setup } = stage;
    const { template } = setup.local;
    const began = stage.now();
    const deployed = ecs.apply(badRelease(template), { timeout: DEPLOY_TIMEOUT }).then(
      () => "deployed",
      (error: Error & { code?: string }) => error.code ?? String(error),
    );
    await triesFail(stage, began);
    const ended = await deployed;
    results.expect("Terraform stops waiting", ended === "ERR_TIMEOUT", ended);
    return () => ecs.apply(template);
  },
  expect: (stage, impact) => {
    expectDeployments(stage, impact, ["IN_PROGRESS", "IN_PROGRESS", "COMPLETED"]);
  },
};

/** Milliseconds; longer than ECS needs for {@link TRIES}. Terraform waits for minutes. */
const DEPLOY_TIMEOUT = 10_000;

export const mountFailsInDeploy: Fault = {
  name: FAULTS.mountFails.command,
  title: "Redis is deployed while EFS is away",
  inAws: "an outage of EFS, in which more than three tasks of Redis cannot start",
  primitive: "mountFails",
  ofOwnStack: true,
  begin: async (stage): Promise<Repair> => {
    const { ecs, setup } = stage;
    // It loads the stacks, which takes seconds.
    const { redisRelease } = await import("../setups/without-lock.ts");
    ecs.faults.mountFails(true);
    const began = stage.now();
    const deployed = ecs.apply(redisRelease(setup.local.template));
    // It is awaited below, also if the tries fail to come.
    deployed.catch(() => {});
    await triesFail(stage, began);
    return async () => {
      ecs.faults.mountFails(false);
      await deployed;
    };
  },
  expect: (stage, impact) => {
    expectDeployments(stage, impact, ["IN_PROGRESS", "COMPLETED"]);
  },
};

/** @param wanted the states of Redis' deployments, without the end of one that another replaced */
function expectDeployments(stage: Stage, impact: Impact, wanted: readonly string[]): void {
  const { results, setup } = stage;
  const story = stage.eventsSince(impact.repairedAt - impact.lasted).flatMap((event) => {
    return event.type === "deployment" && event.service === setup.services.redis
      ? [event.status]
      : [];
  });
  results.expect(
    "no deployment of Redis failed, and the last one completed",
    story.join() === wanted.join(),
    story.join(", "),
  );
  results.expect("no app task was restarted", impact.appStarts === 0, impact.appStarts);
  expectAllAnswered(stage, impact);
  // The pause before the next task is at most 8 s after four failures.
  expectRecovery(stage, impact, 15_000);
}

export const lifecycleFaults: readonly Fault[] = [
  redisCrashes,
  storageStalled,
  badRedis,
  mountFailsInDeploy,
];
