import type { Setup } from "../setups/setup.ts";
import type { Step } from "../steps/step.ts";

/** A scenario as it is played in a setup: where users of another app only read, nothing is said of writes. */
export const inSetup = (scenario: Scenario, { path }: Pick<Setup, "path">): Scenario => ({
  ...scenario,
  steps: scenario.steps.filter(({ isAboutWrites }) => path === undefined || !isAboutWrites),
});

/** A scenario: what happens to an environment step by step, what is measured and what is expected. */
export interface Scenario {
  /** As on the command line. */
  readonly name: string;
  readonly title: string;
  /** What happens and what it shows, in one or two sentences. */
  readonly description: string;
  /** Played one after the other. */
  readonly steps: readonly Step[];
  /** How many times as fast as in AWS health checks and restart policies run. @default 1 */
  readonly speed?: number;
  /** The setup that it needs. @default an environment of `environments.ts` */
  readonly setup?: () => Setup;
}
