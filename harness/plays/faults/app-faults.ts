import { setTimeout } from "node:timers/promises";
import { FAULTS } from "../../ecs/base/fault-primitives.ts";
import type { Stage } from "../stage/stage.ts";
import { expectAllServed } from "./expectations.ts";
import type { Fault, Impact } from "./fault.ts";

// What people do to the app.

const appDeployed: Fault = {
  name: "app-deploy",
  title: "a release of the app",
  inAws: "every day",
  inOldSetup: true,
  begin: async (stage) => {
    await stage.ecs.apply(stage.setup.release({ tag: stage.nextTag() }));
    await stage.ecs.waitUntilStable({ timeout: 120_000 });
    return undefined;
  },
  button: {
    title: "Deploy app",
    description: "A new release of the app. Nothing about Redis changes.",
  },
};

/** Milliseconds until ECS fails a release whose tasks end at once. */
const GIVEN_UP_WITHIN = 20_000;

/** Applies a release whose tasks cannot start. The repair applies the last release, if it was not rolled back. */
async function release(stage: Stage, values: Parameters<Stage["setup"]["release"]>[0]) {
  const { ecs, setup } = stage;
  // Whether the service becomes stable depends on the setup.
  const applied = ecs.apply(setup.release(values)).catch(() => {});
  return async (): Promise<void> => {
    await applied;
    const service = ecs.services.find(({ name }) => name === setup.services.app);
    // Without a rollback, the last release is deployed again.
    if (service?.stable !== true) await ecs.apply(setup.local.template);
  };
}

const pullFails: Fault = {
  name: FAULTS.pullFails.command,
  title: "a release of the app while images cannot be pulled",
  inAws: "an outage of the registry, or a tag that does not exist",
  primitive: "pullFails",
  begin: async (stage) => {
    stage.ecs.faults.pullFails(true);
    const repair = await release(stage, { tag: stage.nextTag() });
    return () => {
      stage.ecs.faults.pullFails(false);
      return repair();
    };
  },
  meanwhile: ({ signal }) => setTimeout(GIVEN_UP_WITHIN, undefined, { signal }),
  expect: expectRolledBack,
};

const badDeploy: Fault = {
  name: "bad-deploy",
  title: "a release of the app that never starts",
  inAws: "an image without its program",
  inOldSetup: true,
  begin: (stage) => release(stage, { tag: stage.nextTag(), command: ["node", "missing.mjs"] }),
  meanwhile: ({ signal }) => setTimeout(GIVEN_UP_WITHIN, undefined, { signal }),
  expect: expectRolledBack,
  scenario: {
    description:
      "An app release whose tasks end at once: the circuit breaker rolls it back, and users notice nothing.",
    needs: [],
  },
};

function expectRolledBack(stage: Stage, impact: Impact): void {
  const { results, setup, appTasks } = stage;
  const story = stage.events.flatMap((event) =>
    event.type === "deployment" && event.service === setup.services.app ? [event.status] : [],
  );
  results.expect("the deployment failed", story.includes("FAILED"), story.join(", "));
  const revisions = [...new Set(appTasks.map(({ taskDefinition }) => taskDefinition))];
  const isOld = revisions.length === 1 && revisions[0]?.endsWith(":1") === true;
  results.expect("the last release runs", isOld, revisions.join(", "));
  expectAllServed(stage, impact);
  results.expect("no Redis was started", impact.redisStarts === 0, impact.redisStarts);
}

export const appFaults: readonly Fault[] = [appDeployed, badDeploy, pullFails];
