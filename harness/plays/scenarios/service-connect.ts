import { setTimeout } from "node:timers/promises";
import { Load, type RequestOutcome, isServed } from "../stage/load.ts";
import { answeredOf, countOf, failingAfter, isAnswered, timeAway } from "../stage/measures.ts";
import { seconds } from "../stage/results.ts";
import type { Stage } from "../stage/stage.ts";
import { EARLY, serviceConnect } from "../setups/service-connect-setup.ts";
import type { Step } from "../steps/step.ts";
import { checkWrites } from "../steps/check-writes.ts";
import { firstDeploy } from "../steps/first-deploy.ts";
import type { Script } from "./scenario.ts";

/** Milliseconds without a host for Redis, for each move. In AWS images, mounts and instances take such times. */
const AWAY = [0, 5_000, 10_000];
/** Milliseconds for a busy machine. */
const SERVES_WITHIN = 5_000;

/** A move of Redis. Times are milliseconds since the epoch. */
interface Move {
  readonly began: number;
  readonly stoppedAt: number;
  readonly startedAt: number;
  readonly healthyAt: number;
  readonly settledAt: number;
}

/** Redis moves under users of both apps at the same time, so that both see the same moves. */
const movesUnderBoth: Step = {
  title: "Redis moves under both apps",
  play: async (stage) => {
    const { results, load } = stage;
    const other = connectedUsers(stage);
    const both = [load, other];
    await untilServed(stage, both, stage.now());
    const began = stage.now();
    const moves: Move[] = [];
    for (const away of AWAY) moves.push(await moveUnder(stage, both, away));
    await other.stop();
    results.measure(
      "Redis stopped → started again",
      listOf(moves.map(({ stoppedAt, startedAt }) => startedAt - stoppedAt)),
    );
    judge(stage, "SRV records", load.between(began, moves.at(-1)?.settledAt), moves);
    judge(stage, "Service Connect", other.between(began, moves.at(-1)?.settledAt), moves);
    const redisStarts = stage.redisStartsSince(began);
    const expected = AWAY.length;
    results.expect(`Redis started ${expected} times`, redisStarts === expected, redisStarts);
    const appStarts = stage.startsSince(began, stage.containers.app);
    results.expect("no app was started", appStarts === 0, appStarts);
    await expectSigned(stage, other);
  },
};

/** Users of the app behind Service Connect. */
function connectedUsers(stage: Stage): Load {
  const { successor } = stage.setup;
  const entrance = (): readonly string[] =>
    stage.ecs.loadBalancers.flatMap(({ name, url }) =>
      name === successor?.services.app ? [url] : [],
    );
  const users = new Load({ entrance, name: "connected", random: stage.random("connected") });
  stage.use({ [Symbol.asyncDispose]: () => users.stop() });
  return users;
}

/**
 * Moves Redis to another port. While all hosts drain, there is none for it. The apps stay, because their minimum is 100
 * percent.
 */
async function moveUnder(stage: Stage, both: readonly Load[], away: number): Promise<Move> {
  const { ecs, results } = stage;
  const before = stage.redisTask;
  const began = stage.now();
  for (const { id } of ecs.hosts) ecs.drainHost(id);
  await stage.until("Redis has stopped", () => ecs.task(before.id).status === "STOPPED");
  await setTimeout(away, undefined, { signal: stage.signal });
  for (const { id } of ecs.hosts) ecs.activateHost(id);
  const healthyAt = await stage.untilRedisHealthy(before.id);
  await ecs.waitUntilStable();
  await untilServed(stage, both, stage.now());
  const after = stage.redisTask;
  const [from, to] = [stage.whereIs(before), stage.whereIs(after)];
  results.expect("Redis moved", from !== to, `${from} → ${to}`);
  const { stoppedAt = began } = ecs.task(before.id);
  return {
    began,
    stoppedAt,
    startedAt: after.startedAt ?? began,
    healthyAt,
    settledAt: stage.now(),
  };
}

/** Waits until a request to each app that was sent after a time is served. */
async function untilServed(stage: Stage, both: readonly Load[], time: number): Promise<void> {
  await stage.until("both apps serve", () =>
    both.every((load) => load.between(time).some(isServed)),
  );
}

function judge(
  { results }: Stage,
  way: string,
  outcomes: readonly RequestOutcome[],
  moves: readonly Move[],
): void {
  const during = moves.map((move) => ({
    ...move,
    outcomes: outcomes.filter(({ sentAt }) => sentAt >= move.began && sentAt < move.settledAt),
  }));
  results.measure(`${way}: requests served / failed`, countOf(outcomes));
  results.measure(
    `${way}: app away for its users`,
    listOf(during.map((move) => timeAway(move.outcomes))),
  );
  results.measure(
    `${way}: Redis started → found`,
    listOf(during.map((move) => foundAt(move.outcomes, move.startedAt) - move.startedAt)),
  );
  results.expect(
    `${way}: every request was answered`,
    outcomes.every(isAnswered),
    answeredOf(outcomes),
  );
  const failing = Math.max(...during.map((move) => failingAfter(move.healthyAt, move.outcomes)));
  const claim = `${way}: no request fails later than ${SERVES_WITHIN / 1_000} s after Redis passed a health check`;
  results.expect(claim, failing <= SERVES_WITHIN, seconds(failing));
}

/** When the first request ended that Redis has served after its start. */
function foundAt(outcomes: readonly RequestOutcome[], startedAt: number): number {
  const served = outcomes.filter((outcome) => isServed(outcome) && outcome.endedAt > startedAt);
  return Math.min(...served.map(({ endedAt }) => endedAt));
}

const listOf = (times: readonly number[]): string => times.map(seconds).join(", ");

async function expectSigned(stage: Stage, { acknowledged }: Load): Promise<void> {
  const found = await stage.readRedis((redis) => redis.smismember("guests", acknowledged));
  const lost = found.filter((each) => each === 0).length;
  stage.results.expect("Service Connect: no acknowledged write was lost", lost === 0, lost);
}

/** A task has the names of the endpoints that existed when its deployment began. */
const deployedFirst: Step = {
  title: "a client that was deployed before Redis",
  play: async (stage) => {
    const { ecs, results } = stage;
    const before = await answerOf(stage);
    const isMissing = /^503 .*(ENOTFOUND|EAI_AGAIN)/.test(before);
    results.expect("it does not find Redis, as in ECS", isMissing, before);
    ecs.forceNewDeployment(EARLY);
    await ecs.waitUntilStable();
    const after = await stage.until("it finds Redis", async () => {
      const answer = await answerOf(stage);
      return answer === "200" && answer;
    });
    results.expect("after a new deployment it does", true, after);
  },
};

/** The status of a request that reads Redis, and why the app does not find Redis. */
async function answerOf(stage: Stage): Promise<string> {
  const task = stage.tasksOf(EARLY).at(-1);
  const port = task?.containers[0]?.ports[0]?.hostPort;
  if (task === undefined || port === undefined) return "no task runs";
  const signal = AbortSignal.any([stage.signal, AbortSignal.timeout(5_000)]);
  const status = await fetch(`http://${task.address}:${port}/guests`, { signal }).then(
    (response) => response.status,
    () => 0,
  );
  if (status === 200) return "200";
  const error = /.*(ENOTFOUND|EAI_AGAIN).*/.exec(await stage.ecs.log(task.id))?.[0] ?? "";
  return `${status} ${error}`;
}

export const serviceConnectScenario: Script = {
  title: "SRV records and Service Connect",
  steps: [firstDeploy, movesUnderBoth, deployedFirst, checkWrites],
  setup: serviceConnect,
};
