import { type SidecarProgram, go, python, redisCli } from "../setups/sidecar-programs.ts";
import { sidecar } from "../setups/sidecar-setup.ts";
import { firstDeploy } from "../steps/first-deploy.ts";
import { programCounts, programGoesOn } from "../steps/sidecar.ts";
import { checkWrites } from "../steps/check-writes.ts";
import { type ScenarioName, listed } from "./list.ts";
import type { Scenario } from "./scenario.ts";

const besideForward = (name: ScenarioName, title: string, program: SidecarProgram): Scenario => ({
  ...listed(name),
  title,
  steps: [firstDeploy, programCounts, programGoesOn, checkWrites],
  setup: () => sidecar(program),
});

export const sidecarScenario = besideForward("sidecar", "An app in another language", redisCli);
export const sidecarPython = besideForward("sidecar-python", "An app in Python", python);
export const sidecarGo = besideForward("sidecar-go", "An app in Go", go);
