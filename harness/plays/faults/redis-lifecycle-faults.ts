import { setTimeout } from "node:timers/promises";
import { HarnessError, type TaskState } from "../../ecs/index.ts";
import { REDIS } from "../setups/setup.ts";
import { changedContainer, type Template } from "../setups/template.ts";
import { redisRelease } from "../setups/without-lock.ts";
import { seconds } from "../stage/results.ts";
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

/** Deploys a failing release of Redis. @returns the result of the deploy */
async function deployFails(stage: Stage, release: object): Promise<string> {
  const { ecs, results } = stage;
  const began = stage.now();
  const ended = await ecs.apply(release).then(
    () => "deployed",
    (error: unknown) => (error instanceof HarnessError ? error.code : String(error)),
  );
  results.measure("the deploy ended after", seconds(stage.now() - began));
  results.expect("the deployment of Redis failed", ended === "ERR_DEPLOYMENT", ended);
  return ended;
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
  inAws: "a wrong option, or an image that does not start",
  ofOwnStack: true,
  begin: async (stage) => {
    const { template } = stage.setup.local;
    await deployFails(stage, badRelease(template));
    return () => stage.ecs.apply(template);
  },
  expect: expectFailedDeployment,
};

export const mountFailsInDeploy: Fault = {
  name: "efs-away",
  title: "Redis is deployed while EFS is away",
  inAws: "an outage of EFS; afterwards an operator starts a new deployment",
  primitive: "mountFails",
  ofOwnStack: true,
  begin: async (stage): Promise<Repair> => {
    const { ecs, setup, signal } = stage;
    ecs.faults.mountFails(true);
    await deployFails(stage, redisRelease(setup.local.template));
    ecs.faults.mountFails(false);
    const began = stage.now();
    await setTimeout(LONG_ENOUGH, undefined, { signal });
    const starts = stage.redisStartsSince(began);
    stage.results.expect("ECS does not start Redis again by itself", starts === 0, starts);
    return () => ecs.forceNewDeployment(setup.services.redis);
  },
  expect: expectFailedDeployment,
};

/** Milliseconds. ECS starts the next task sooner, if it starts one. */
const LONG_ENOUGH = 3_000;

function expectFailedDeployment(stage: Stage, impact: Impact): void {
  const { results, setup } = stage;
  const story = stage.eventsSince(impact.repairedAt - impact.lasted).flatMap((event) => {
    return event.type === "deployment" && event.service === setup.services.redis
      ? [event.status]
      : [];
  });
  const wanted = ["IN_PROGRESS", "FAILED", "IN_PROGRESS", "COMPLETED"];
  results.expect(
    "its deployment failed, the next one succeeded",
    story.join() === wanted.join(),
    story.join(", "),
  );
  results.expect("no app task was restarted", impact.appStarts === 0, impact.appStarts);
  expectAllAnswered(stage, impact);
  expectRecovery(stage, impact, 15_000);
}
