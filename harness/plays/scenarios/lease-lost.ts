import { utimes } from "node:fs/promises";
import { join } from "node:path";
import { Redis } from "ioredis";
import type { TaskState } from "../../ecs/index.ts";
import { killRedis } from "../faults/redis-faults.ts";
import { REDIS } from "../setups/setup.ts";
import type { Container, Template } from "../setups/template.ts";
import type { RequestOutcome } from "../stage/load.ts";
import { acknowledgedWrites, isAtRisk, killsOf } from "../stage/losses.ts";
import { FIGURES } from "../stage/measures.ts";
import { seconds } from "../stage/results.ts";
import type { Stage } from "../stage/stage.ts";
import type { Step } from "../steps/step.ts";
import { firstDeploy } from "../steps/first-deploy.ts";
import type { Script } from "./scenario.ts";

/** Milliseconds from the loss of the host. As in AWS, the lease ends before ECS replaces the host. */
const LOSS = { leaseTime: 500, noticedAfter: 1_500, replacedAfter: 1_000, outlivesLease: true };

/** Speed of health checks, as a multiple of AWS, because the rewrite of the file takes several checks. */
const SPEED = 3;

/** Health checks until the file is rewritten: requested, done, and one more. */
const REWRITTEN_WITHIN = 3;

/** Milliseconds for a health check to end its server. It reads the name of the writer within 2 s. */
const CHECK = 3_000;

/** Milliseconds between two writes. */
const WRITE_INTERVAL = 50;

/** A client that keeps its connection to one server and writes, even after a move. */
class PinnedWriter implements AsyncDisposable {
  acknowledged = 0;
  readonly #redis: Redis;
  readonly #timer: NodeJS.Timeout;

  constructor(stage: Stage, task: TaskState) {
    this.#redis = new Redis({
      host: task.address ?? "",
      port: stage.portOf(task),
      ...stage.credentials,
      retryStrategy: () => null,
    }).on("error", () => {});
    this.#timer = setInterval(() => this.#write(), WRITE_INTERVAL);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    clearInterval(this.#timer);
    this.#redis.disconnect();
  }

  #write(): void {
    this.#redis.incr("pinned").then(
      () => (this.acknowledged += 1),
      // The connection has ended.
      () => clearInterval(this.#timer),
    );
  }
}

/** The steps: a host is cut off for longer than the lease of its locks and then comes back. */
function leaseLost(): readonly Step[] {
  const window = { lostAt: 0, from: 0, to: 0 };
  return [
    {
      title: "the host of Redis comes back after its lease",
      play: async (stage) => {
        const pinned = new PinnedWriter(stage, stage.redisTask);
        stage.use(pinned);
        Object.assign(window, await twoRedis(stage, pinned));
      },
    },
    { title: "Redis starts from the file", play: startAgain },
    { title: "all writes are kept", play: (stage) => compare(stage, window) },
  ];
}

/** When the host was lost, when it was back, and when its Redis had ended. */
interface Window {
  readonly lostAt: number;
  readonly from: number;
  readonly to: number;
}

async function twoRedis(stage: Stage, pinned: PinnedWriter): Promise<Window> {
  const { ecs, results, redisTask: old } = stage;
  const isAlive = () => ecs.task(old.id).containers.some(({ pid }) => pid !== undefined);
  await stage.until("the pinned client writes", () => pinned.acknowledged > 0);
  const lostAt = stage.now();
  ecs.faults.loseHost(old.host ?? "", LOSS);
  await stage.untilRedisHealthy(old.id);
  const before = pinned.acknowledged;
  results.expect("the old Redis still runs and does not answer", isAlive(), old.id);

  const from = stage.now();
  await ecs.faults.returnHost(old.host ?? "");
  await stage.until("the old Redis ends", () => !isAlive());
  const to = stage.now();
  const beside = pinned.acknowledged - before;
  const words = (await ecs.log(old.id, REDIS)).trim();
  results.measure("two Redis wrote one folder for", seconds(to - from));
  results.measure("acknowledged writes of a pinned client meanwhile", beside);
  results.expect("the old one wrote at the same time as the new one", beside > 0, beside);
  const limit = healthInterval(stage) + CHECK;
  results.expect("it ended within a health check interval", to - from <= limit, seconds(to - from));
  const ended = ecs.task(old.id).containers.find(({ name }) => name === REDIS);
  // The restart policy does not apply to SHUTDOWN.
  const code = ended?.exitCode;
  results.expect("its health check ended it", code === 0, code ?? "none");
  results.expect("its log has the reason", words.includes("another task writes"), words.slice(-80));
  await aMinutePasses(stage);
  await stage.until("the file is rewritten", () => isRewritten(stage), REWRITTEN_WITHIN * limit);
  await stage.untilServedAfter(stage.now());
  return { lostAt, from, to };
}

/** The file is rewritten a minute after Redis has loaded its data, by the time of the file with the writer's name. */
async function aMinutePasses(stage: Stage): Promise<void> {
  const aMinuteAgo = Date.now() / 1_000 - 60;
  for (const folder of stage.writers.sample()) {
    await utimes(join(folder, ".writer"), aMinuteAgo, aMinuteAgo);
  }
}

async function isRewritten(stage: Stage): Promise<boolean> {
  const persistence = await stage.readRedis((redis) => redis.info("persistence"));
  return /^aof_last_rewrite_time_sec:\d/m.test(persistence);
}

/** The new Redis restarts from the file that two servers have written. */
async function startAgain(stage: Stage): Promise<void> {
  const killedAt = stage.now();
  await killRedis(stage);
  // In the same or another task, depending on its uptime.
  await stage.until("Redis starts again", () => stage.startsSince(killedAt, REDIS) > 0);
  await stage.untilServedAfter(stage.now());
  const starts = stage.startsSince(killedAt, REDIS);
  stage.results.expect("Redis started once", starts === 1, starts);
}

/**
 * Writes that the old Redis acknowledged after its return, to clients that were still connected, are lost. So are those that
 * it had not yet written to its file when the host was lost. All others are kept.
 */
async function compare(stage: Stage, window: Window): Promise<void> {
  const { load, results } = stage;
  await load.stop();
  const acknowledged = acknowledgedWrites(load.outcomes);
  const guests = acknowledged.map(({ guest }) => guest);
  const found = await stage.readRedis((redis) => redis.smismember("guests", guests));
  const lost = acknowledged.filter((_, index) => found[index] === 0);
  const isWithin = ({ sentAt, endedAt }: RequestOutcome): boolean =>
    sentAt < window.to && endedAt > window.from;
  const ends = [window.lostAt, ...killsOf(stage.events, REDIS)];
  const beyond = lost.filter((each) => !isWithin(each) && !isAtRisk(each, ends)).length;
  results.measure(FIGURES.acknowledged, acknowledged.length);
  results.measure(FIGURES.lost, lost.length);
  results.expect("no write acknowledged by the lock's owner was lost", beyond === 0, beyond);
  results.expect("there were writes", acknowledged.length > 0, acknowledged.length);
}

/** Milliseconds between two health checks of Redis in the play. */
function healthInterval({ setup }: Stage): number {
  const { resource } = setup.local.template as Template;
  const definitions = Object.values(resource["aws_ecs_task_definition"] ?? {});
  const containers = definitions.flatMap(
    (each) => JSON.parse(String(each["container_definitions"])) as Container[],
  );
  const check: { interval?: number } =
    containers.find(({ name }) => name === REDIS)?.healthCheck ?? {};
  return ((check.interval ?? 30) * 1_000) / SPEED;
}

export const leaseLostScenario: Script = {
  title: "A running Redis loses its lock",
  speed: SPEED,
  steps: [firstDeploy, ...leaseLost()],
};
