import type { Setup } from "../setups/setup.ts";
import type { Step } from "../steps/step.ts";

/**
 * Adapts a scenario to a setup. Users of another app only read, so the steps about writes are left out. So are steps about data
 * where Redis keeps none.
 */
export const inSetup = (
  scenario: Scenario,
  { path, isEphemeral = false }: Pick<Setup, "path" | "isEphemeral">,
): Scenario => ({
  ...scenario,
  steps: scenario.steps.filter(({ isAboutWrites, needsData }) => {
    const isWithout = (isAboutWrites && path !== undefined) || (needsData && isEphemeral);
    return !isWithout;
  }),
});

/** The steps, measurements and expectations of a play. */
export interface Script {
  readonly title: string;
  readonly steps: readonly Step[];
  /** Speed of health checks and restart policies, as a multiple of AWS. @default 1 */
  readonly speed?: number;
  /** The required setup. @default an environment of `environments.ts` */
  readonly setup?: () => Setup;
}

/** A script with the name by which it is listed. */
export interface Scenario extends Script {
  /** As on the command line. */
  readonly name: string;
  /** What happens and what it shows, in one or two sentences. */
  readonly description: string;
}
