import { BaseSequencer, type TestSpecification } from "vitest/node";

/**
 * Files that take longest, in the order in which they begin among those of their project. At its end they
 * would keep one core busy, and the other idle.
 */
export const LONG = [
  "test/harness/plays/scenarios/scenarios.test.ts",
  "test/system/plans/plan-scenarios.test.ts",
  "test/harness/commands/soak.test.ts",
  "test/system/roads/roads.test.ts",
  "test/harness/views/playground/playground.browser.test.ts",
  "test/system/readable.test.ts",
  "test/stacks/emulated/run-emulated.test.ts",
  "test/stacks/synthesize.test.ts",
  "test/simulate/main.test.ts",
  "test/harness/ecs/local-ecs.test.ts",
  "test/stacks/emulated/main.test.ts",
  "test/stacks/command/run-program.test.ts",
  "test/harness/ecs/tasks/restart.test.ts",
  "test/stacks/properties.test.ts",
  "test/stacks/cdktf-command.test.ts",
  "test/harness/ecs/tasks/task.test.ts",
  "test/harness/commands/start.test.ts",
  "test/harness/commands/playground.test.ts",
  "test/harness/commands/interrupt.test.ts",
  "test/harness/ecs/faults/fault-injection.test.ts",
  "test/harness/commands/local.test.ts",
  "test/harness/ecs/crash.test.ts",
  "test/runtime/grpc.test.ts",
  "test/runtime/base/types.test.ts",
];

/**
 * Project by project in the order of the configuration, of each the long files first, and the others as Vitest sorts
 * them. Vitest keeps a worker, and what it has imported, only while the next file is of the same project.
 */
export default class LongFirst extends BaseSequencer {
  override async sort(specifications: TestSpecification[]): Promise<TestSpecification[]> {
    // oxlint-disable-next-line unicorn/no-array-sort -- Vitest's method, which returns a new array
    const sorted = await super.sort(specifications);
    return sorted.toSorted((a, b) => projectOf(a) - projectOf(b) || rankOf(a) - rankOf(b));
  }
}

/** Where its project is in the configuration. */
const projectOf = ({ project }: TestSpecification): number =>
  project.vitest.projects.indexOf(project);

const rankOf = ({ moduleId }: TestSpecification): number => {
  const rank = LONG.findIndex((path) => moduleId.endsWith(`/${path}`));
  return rank === -1 ? LONG.length : rank;
};
