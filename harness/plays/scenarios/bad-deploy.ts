import { badDeploy } from "../faults/app-faults.ts";
import { broken } from "../steps/fault-step.ts";
import { expectAllServed } from "../faults/expectations.ts";
import { firstDeploy } from "../steps/first-deploy.ts";
import { writesAreThere } from "../steps/writes-are-there.ts";
import type { Scenario } from "./scenario.ts";

export const badDeployScenario: Scenario = {
  name: "bad-deploy",
  title: "A release that never starts",
  description:
    "An app release whose tasks end at once: the circuit breaker rolls it back, users and Redis notice nothing.",
  steps: [
    firstDeploy,
    broken(badDeploy, (stage, impact) => {
      const { results, setup, appTasks } = stage;
      const ours = stage.events.filter(
        (event) => event.type === "deployment" && event.service === setup.services.app,
      );
      const story = ours.map((event) => (event.type === "deployment" ? event.status : ""));
      results.expect("the deployment failed", story.includes("FAILED"), story.join(", "));
      const revisions = [...new Set(appTasks.map(({ taskDefinition }) => taskDefinition))];
      const isOld = revisions.length === 1 && revisions[0]?.endsWith(":1") === true;
      results.expect("the last release runs", isOld, revisions.join(", "));
      expectAllServed(stage, impact);
      results.expect("no Redis was started", impact.redisStarts === 0, impact.redisStarts);
    }),
    writesAreThere,
  ],
};
