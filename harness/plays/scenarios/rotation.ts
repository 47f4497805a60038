import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { makeFolder, removeFolder } from "../../ecs/base/temporary-folder.mjs";
import { killRedis } from "../faults/redis-faults.ts";
import { rotatedTo, rotationSetup, secondPassword } from "../setups/rotation-setup.ts";
import { APP, REDIS } from "../setups/setup.ts";
import { isServed } from "../stage/load.ts";
import { answeredOf, isAnswered, measureUsers, servedOf } from "../stage/measures.ts";
import type { Stage } from "../stage/stage.ts";
import { FreshClients } from "./fresh-clients.ts";
import type { Step } from "../steps/step.ts";
import { firstDeploy } from "../steps/first-deploy.ts";
import { checkWrites } from "../steps/check-writes.ts";
import type { Script } from "./scenario.ts";

// The rotation of docs/operations.md, "Rotate the password".

/** @returns the steps of one rotation and the start of the next */
function rotation(): Step[] {
  let command: readonly string[] = [];
  return [
    {
      title: "the app changes its password, and Redis is killed during that",
      play: async (stage) => {
        const gate = new Gate();
        stage.use(gate);
        ({ command } = gate);
        await changed(stage, gate);
      },
    },
    {
      title: "the old password gets a new value",
      play: (stage) => replaced(stage, command),
    },
    {
      title: "the next rotation begins",
      play: (stage) => changedBack(stage, command),
    },
  ];
}

/** New app tasks wait for this file before they start. */
class Gate implements AsyncDisposable {
  readonly #folder = makeFolder("rotation-");
  readonly #file = join(this.#folder.path, "open");

  /** The app's command, after a wait for the gate file. */
  get command(): readonly string[] {
    return ["sh", "-c", `until [ -e ${this.#file} ]; do sleep 0.1; done; exec node server.js`];
  }

  open(): void {
    writeFileSync(this.#file, "");
  }

  async [Symbol.asyncDispose](): Promise<void> {
    removeFolder(this.#folder);
  }
}

async function changed(stage: Stage, gate: Gate): Promise<void> {
  const { ecs, results, setup } = stage;
  const began = stage.now();
  const old = stage.appTasks.map(({ id }) => id);
  await using withOld = new FreshClients(stage, stage.credentials.password ?? "");
  await using withNew = new FreshClients(stage, ecs.secret(secondPassword(setup)));
  const deployed = ecs.apply(rotatedTo(2, gate.command));
  const isNew = ({ id }: { id: string }): boolean => !old.includes(id);
  await Promise.race([deployed, stage.until("new tasks start", () => stage.appTasks.some(isNew))]);

  const killedAt = stage.now();
  await killRedis(stage);
  // The new tasks wait at the gate, so the old ones reconnect and serve.
  const startedAt = await stage.until("Redis is started", () => startOf(stage, killedAt));
  await stage.untilServedAfter(startedAt);
  await Promise.all([withOld, withNew].map((clients) => clients.servedAfter(startedAt)));
  gate.open();
  const changes = await deployed;
  await untilServed(stage, [withOld]);

  const outcomes = await stage.settledSince(began);
  measureUsers(results, outcomes, stage.startsSince(began, REDIS));
  results.measure("resources changed", changes.join("\n"));
  expectAppAlone(stage, changes);
  const starts = stage.startsSince(began, REDIS);
  results.expect("Redis was started once, for the kill", starts === 1, starts);
  results.expect("every request was answered", outcomes.every(isAnswered), answeredOf(outcomes));
  await expectNoneRefused(stage, [withOld, withNew]);
}

/** The start time of the Redis that started after a time. */
function startOf(stage: Stage, time: number): number | undefined {
  return stage
    .eventsSince(time)
    .find(
      (event) =>
        event.type === "container" && event.container === REDIS && event.status === "RUNNING",
    )?.at;
}

async function replaced(stage: Stage, command: readonly string[]): Promise<void> {
  const { ecs, results, setup } = stage;
  const began = stage.now();
  const retired = stage.credentials.password ?? "";
  await using inUse = new FreshClients(stage, ecs.secret(secondPassword(setup)));
  const changes = await ecs.apply(rotatedTo(3, command));
  await untilServed(stage, [inUse]);

  const outcomes = await stage.settledSince(began);
  measureUsers(results, outcomes, stage.startsSince(began, REDIS));
  results.measure("resources changed", changes.join("\n"));
  const appStarts = stage.startsSince(began, APP);
  results.expect("no task of the app was started", appStarts === 0, appStarts);
  const starts = stage.startsSince(began, REDIS);
  results.expect("Redis was started once", starts === 1, starts);
  results.expect("every request was answered", outcomes.every(isAnswered), answeredOf(outcomes));
  await expectNoneRefused(stage, [inUse]);
  const isRetired = await refuses(stage, retired);
  results.expect("Redis refuses the old password", isRetired, isRetired ? "WRONGPASS" : "PONG");
}

async function refuses(stage: Stage, password: string): Promise<boolean> {
  await using clients = new FreshClients(stage, password);
  await stage.until(
    "Redis has answered",
    () => clients.refused.length > 0 || clients.served.length > 0,
  );
  return clients.served.length === 0;
}

async function changedBack(stage: Stage, command: readonly string[]): Promise<void> {
  const { ecs, results, setup } = stage;
  const began = stage.now();
  await using withOld = new FreshClients(stage, ecs.secret(secondPassword(setup)));
  await using withNew = new FreshClients(stage, stage.credentials.password ?? "");
  const changes = await ecs.apply(rotatedTo(4, command));
  await untilServed(stage, [withOld, withNew]);

  const outcomes = await stage.settledSince(began);
  measureUsers(results, outcomes);
  expectAppAlone(stage, changes);
  results.expect("every request was served", outcomes.every(isServed), servedOf(outcomes));
  await expectNoneRefused(stage, [withOld, withNew]);
}

function expectAppAlone({ results }: Stage, changes: readonly string[]): void {
  const others = changes.filter(
    (address) => !/^aws_ecs_(task_definition|service)\.app_/.test(address),
  );
  results.expect("only the app is deployed", others.length === 0, changes.join(", "));
}

/** Resolves once the deployment is stable and new users and clients are served. */
async function untilServed(stage: Stage, all: readonly FreshClients[]): Promise<void> {
  await stage.ecs.waitUntilStable();
  const settledAt = stage.now();
  await stage.untilServedAfter(settledAt);
  await Promise.all(all.map((clients) => clients.servedAfter(settledAt)));
}

/** Expects that no new connection and no app task is refused. */
async function expectNoneRefused(stage: Stage, all: readonly FreshClients[]): Promise<void> {
  const { results } = stage;
  const refused = all.flatMap((clients) => clients.refused);
  const served = all.map((clients) => clients.served.length).join(" and ");
  const seen = refused[0] ?? `${served} connections served`;
  results.expect("no new connection is refused", refused.length === 0, seen);
  await expectNoTaskRefused(stage);
}

/** The output of all app tasks, including ended ones. */
async function expectNoTaskRefused(stage: Stage): Promise<void> {
  const ids = new Set(
    stage.events.flatMap((event) =>
      event.type === "container" && event.container === APP ? [event.taskId] : [],
    ),
  );
  const logs = await Promise.all([...ids].map((id) => stage.ecs.log(id)));
  const refused = logs.filter((log) => /WRONGPASS|NOAUTH/.test(log));
  const seen = `${refused.length} of ${logs.length} tasks`;
  stage.results.expect("no task of the app is refused", refused.length === 0, seen);
}

export const rotationScenario: Script = {
  title: "The password is rotated",
  steps: [firstDeploy, ...rotation(), checkWrites],
  setup: rotationSetup,
};
