import { COUNT, COUNTER, FORWARD, PROGRAM, sidecar } from "../setups/sidecar-setup.ts";
import type { Stage } from "../stage/stage.ts";
import type { Step } from "../steps/step.ts";
import { type SidecarProgram, go, python, redisCli } from "../setups/sidecar-programs.ts";
import { firstDeploy } from "../steps/first-deploy.ts";
import { checkWrites } from "../steps/check-writes.ts";
import type { Script } from "./scenario.ts";

/** Number of answers that show that the program works. */
const ENOUGH = 20;

/** A program that connects to Redis through a socket in its task. */
const programCounts: Step = {
  title: "a program beside a sidecar",
  play: async (stage) => {
    await stage.until("the program counts", async () => (await answers(stage)).length >= ENOUGH);
    const said = await stage.ecs.log(counterTask(stage).id, FORWARD);
    const { srvName = "" } = stage.setup;
    stage.results.expect(
      "the sidecar looks up the SRV name",
      said.includes(`for ${srvName}`),
      said,
    );
    stage.results.expect("the program counts", true, (await answers(stage)).length);
  },
};

/** Redis restarts on another port. The program does not know and continues to count. */
const programGoesOn: Step = {
  title: "Redis starts on another port",
  play: async (stage) => {
    const { ecs, results } = stage;
    const { redisTask } = stage;
    const task = counterTask(stage);
    const before = (await answers(stage)).length;
    const began = stage.now();
    ecs.drainHost(redisTask.host ?? "");
    await stage.untilRedisHealthy(redisTask.id);
    ecs.activateHost(redisTask.host ?? "");
    await stage.until(
      "it continues to count",
      async () => (await answers(stage)).length >= before + ENOUGH,
    );
    await ecs.waitUntilStable();
    results.measure("Redis was", `${stage.whereIs(redisTask)} → ${stage.whereIs(stage.redisTask)}`);
    const isElsewhere = stage.whereIs(redisTask) !== stage.whereIs(stage.redisTask);
    results.expect("Redis has moved", isElsewhere, stage.whereIs(stage.redisTask));
    results.expect("the same task runs", counterTask(stage).id === task.id, counterTask(stage).id);
    const starts = stage.startsSince(began, PROGRAM) + stage.startsSince(began, FORWARD);
    results.expect("neither container was restarted", starts === 0, starts);
    await expectNoneLost(stage);
  },
};

/** No number occurs twice, and Redis has counted at least as far as the program. */
async function expectNoneLost(stage: Stage): Promise<void> {
  const counts = await answers(stage);
  const last = counts.at(-1) ?? 0;
  const isRising = counts.every((count, index) => count > (counts[index - 1] ?? 0));
  stage.results.measure("program counted to", last);
  stage.results.expect("no count occurs twice", isRising, `1 to ${last}`);
  const counted = Number(await stage.readRedis((redis) => redis.get(COUNT)));
  stage.results.expect("Redis has the last count", counted >= last, counted);
}

function counterTask({ ecs }: Stage) {
  const tasks = ecs.services.find(({ name }) => name === COUNTER)?.tasks ?? [];
  const task = tasks.find(({ status }) => status === "RUNNING");
  if (task === undefined) throw new Error(`no task of ${COUNTER} runs`);
  return task;
}

/** The program's answers, in order, without an incomplete last line. */
async function answers(stage: Stage): Promise<number[]> {
  const written = await stage.ecs.log(counterTask(stage).id, PROGRAM);
  return written
    .split("\n")
    .slice(0, -1)
    .filter((line) => /^\d+$/.test(line))
    .map(Number);
}

const besideForward = (title: string, program: SidecarProgram): Script => ({
  title,
  steps: [firstDeploy, programCounts, programGoesOn, checkWrites],
  setup: () => sidecar(program),
});

export const sidecarScenario = besideForward("An app in another language", redisCli);
export const sidecarPython = besideForward("An app in Python", python);
export const sidecarGo = besideForward("An app in Go", go);
