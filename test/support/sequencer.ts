import { BaseSequencer, type TestSpecification } from "vitest/node";

/**
 * Files that take longest, in the order in which they begin: those that compute beside those that wait.
 * At the end of a run they would keep one core busy, and the other idle.
 */
const LONG = [
  "test/harness/views/playground/playground.browser.test.ts",
  "test/stacks/properties.test.ts",
  "test/harness/ecs/crash.test.ts",
  "test/runtime/base/types.test.ts",
  "test/system/readable.test.ts",
  "test/stacks/synthesize.test.ts",
  "test/stacks/emulated/run-emulated.test.ts",
  "test/stacks/emulated/main.test.ts",
  "test/harness/ecs/local-ecs.test.ts",
  "test/harness/commands/start.test.ts",
  "test/stacks/cdktf-command.test.ts",
  "test/harness/commands/playground.test.ts",
  "test/harness/commands/interrupt.test.ts",
  "test/harness/commands/local.test.ts",
  "test/harness/plays/scenarios/scenarios.test.ts",
  "test/system/plans/plan-scenarios.test.ts",
  "test/harness/commands/soak.test.ts",
];

/**
 * Project by project in the order of the configuration, of each the long files first, and the others as Vitest sorts
 * them. Vitest keeps a worker, and what it has imported, only while the next file is of the same project.
 */
export default class LongFirst extends BaseSequencer {
  override async sort(specifications: TestSpecification[]): Promise<TestSpecification[]> {
    // oxlint-disable-next-line unicorn/no-array-sort -- Vitest's method, which returns a new array
    const sorted = await super.sort(specifications);
    return sorted.toSorted(
      (a, b) => groupOf(a) - groupOf(b) || projectOf(a) - projectOf(b) || rankOf(a) - rankOf(b),
    );
  }
}

const groupOf = ({ project }: TestSpecification): number => project.config.sequence.groupOrder;

/** Where its project is in the configuration. */
const projectOf = ({ project }: TestSpecification): number =>
  project.vitest.projects.indexOf(project);

const rankOf = ({ moduleId }: TestSpecification): number => {
  const rank = LONG.findIndex((path) => moduleId.endsWith(`/${path}`));
  return rank === -1 ? LONG.length : rank;
};
