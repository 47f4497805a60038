import { defineConfig } from "vitest/config";
import type { TestProjectConfiguration } from "vitest/config";

/** Finds a real browser, or installs one. */
const BROWSER = "test/support/browser-setup.ts";
const BROWSER_TESTS = "test/**/*.browser.test.ts";

/** Milliseconds. A play waits for what ECS does, and a slow machine makes all of that longer. */
const PLAYED_WITHIN = 300_000;

/** Scenarios played in whole environments. */
const PLAYS = [
  "test/harness/plays/{play,scenarios/*}.test.ts",
  "test/harness/soak/soak.test.ts",
  "test/harness/commands/{start,local,playground,soak}/main.test.ts",
  "test/harness/commands/start/interrupt.test.ts",
  "test/system/{external-redis,local-ecs-page}.test.ts",
  "test/system/{plans,environments}/*.test.ts",
];

/** Finds a real Redis, or installs one, before the projects that need it. */
const REDIS = ["test/support/global-setup.ts"];

/** Finds real databases in the same way, for the tests of what is stored in them. */
const DATABASES = ["test/support/database-setup.ts"];
const DATABASE_TESTS = "test/runtime/socket/databases.test.ts";

/** Containers that run from images: they need an engine, and a machine that lets root make namespaces. */
const IMAGES = [
  "test/harness/ecs/images/*.test.ts",
  "test/harness/ecs/agent/{image,sdk-languages}.test.ts",
  "test/harness/ecs/machine/{check-images,gateway,image-root}.test.ts",
  "test/harness/ecs/tasks/{image-launch,task-networks}.test.ts",
  "test/examples/{app,sidecar}/image.test.ts",
  "test/docs/reserved-ports.test.ts",
];

/** What ShellCheck says of the shell scripts. */
const SHELL_SCRIPTS = "test/shell-scripts.test.ts";

/** Other projects with the packed package: compilers, test runners, bundlers, Bun and Deno. */
const PROJECTS = "test/projects/*.test.ts";

/** The commands of the pages, as a reader types them. */
const JOURNEYS = "test/journeys/*.test.ts";

/** What the package's page of diagnostics says of traces and metrics. */
const RECIPES = "test/runtime/observability.test.ts";

/** Another undici than the one that is installed, which Node.js 20 does not run. */
const UNDICI = [process.env["UNDICI"]].flatMap((folder) =>
  folder === undefined ? [] : [{ find: /^undici(?=\/|$)/, replacement: folder }],
);

// Programs that tests run with tsx have no cache either: see command-line/tsx.js.
process.env["TSX_DISABLE_CACHE"] = "1";

export default defineConfig({
  test: {
    testTimeout: 60_000,
    hookTimeout: 60_000,
    teardownTimeout: 10_000,
    // A wait ends as soon as its condition holds; on a busy machine that may be late.
    expect: { poll: { timeout: 30_000 } },
    // More than the two cores of a small machine: most tests wait for intervals and for processes.
    maxWorkers: 4,
    // Test files share the modules of their worker: importing them takes a third of the time.
    isolate: false,
    setupFiles: ["test/support/environment.ts"],
    // CDKTF would ask its publisher for newer versions of itself.
    env: { CHECKPOINT_DISABLE: "1" },
    reporters: ["default", "./test/support/summary-reporter.ts"],
    // With `--coverage`. Processes that tests start are not counted, so the thresholds are lower than what tests run.
    coverage: {
      provider: "v8",
      include: ["command-line/**/*.ts", "runtime/src/**/*.ts", "stacks/**/*.ts", "harness/**/*.ts"],
      reporter: ["text-summary", "html"],
      thresholds: {
        "runtime/src/**": { lines: 98, branches: 95 },
        "stacks/**": { lines: 96, branches: 94 },
        "harness/ecs/**": { lines: 98, branches: 93 },
        "harness/**": { lines: 89, branches: 86 },
      },
    },
    // `npm test` runs what needs Redis alone: all but plays, browser, databases, images, shell scripts and projects.
    projects: [
      project("plays", {
        include: PLAYS,
        globalSetup: REDIS,
        // After the tests of the other projects: users of a play would notice a busy machine.
        sequence: { groupOrder: 1 },
        // Few at a time: on a machine that is busy with itself users would notice what no fault caused.
        maxConcurrency: 3,
        testTimeout: PLAYED_WITHIN,
      }),
      project("browser", {
        include: [BROWSER_TESTS],
        sequence: { groupOrder: 2 },
        globalSetup: [...REDIS, BROWSER],
        testTimeout: PLAYED_WITHIN,
      }),
      {
        ...project("runtime", {
          include: ["test/runtime/**/*.test.ts"],
          exclude: [DATABASE_TESTS, RECIPES],
          globalSetup: REDIS,
          env: { IOREDIS: "ioredis" },
        }),
        resolve: { alias: UNDICI },
      },
      // They listen to the package's channels until their process ends.
      project("recipes", { include: [RECIPES] }),
      project("databases", { include: [DATABASE_TESTS], globalSetup: DATABASES }),
      project("images", {
        include: IMAGES,
        globalSetup: [...REDIS, "test/support/images-setup.ts"],
        testTimeout: PLAYED_WITHIN,
      }),
      project("shell-scripts", {
        include: [SHELL_SCRIPTS],
        globalSetup: "test/support/shellcheck-setup.ts",
      }),
      project("projects", {
        include: [PROJECTS],
        globalSetup: [...REDIS, "test/projects/support/setup.ts"],
        // Last, two programs at a time in each file: compilers keep the machine busy.
        sequence: { groupOrder: 3 },
        maxConcurrency: 2,
        testTimeout: PLAYED_WITHIN,
      }),
      project("journeys", {
        include: [JOURNEYS],
        globalSetup: [...REDIS, "test/support/images-setup.ts"],
        // Alone: users of a play would notice a busy machine.
        sequence: { groupOrder: 4 },
        fileParallelism: false,
        testTimeout: 2 * PLAYED_WITHIN,
      }),
      // The tests that reach ioredis once more, on the newest of its other major.
      onIoredis("ioredis5", [
        "test/runtime/ioredis.test.ts",
        "test/runtime/ioredis/*.test.ts",
        "test/runtime/redis/url.test.ts",
      ]),
      // The same entry for iovalkey, a fork of ioredis.
      onIoredis("iovalkey", ["test/runtime/ioredis.test.ts", "test/runtime/ioredis/*.test.ts"]),
      // What matters most, on the oldest that the package allows.
      onIoredis("ioredis5-oldest", [
        "test/runtime/ioredis.test.ts",
        "test/runtime/ioredis/{version,connector,moves,retry,secrets}.test.ts",
      ]),
      project("repository", {
        include: ["test/**/*.test.ts"],
        exclude: [
          "test/runtime/**",
          "test/projects/**",
          JOURNEYS,
          SHELL_SCRIPTS,
          BROWSER_TESTS,
          ...IMAGES,
          ...PLAYS,
        ],
        globalSetup: REDIS,
        testTimeout: PLAYED_WITHIN,
      }),
    ],
  },
});

type ProjectTest = NonNullable<
  Exclude<TestProjectConfiguration, string | Function | Promise<unknown>>["test"]
>;

function project(name: string, test: ProjectTest): { extends: true; test: ProjectTest } {
  return { extends: true, test: { name, ...test } };
}

/** Tests on another version of ioredis, or on its fork, by the name that package.json gives it. */
function onIoredis(name: string, include: string[]) {
  const entry = { find: /^(.*\/src\/)ioredis\.ts$/, replacement: `$1${name}.ts` };
  return {
    ...project(name, { include, globalSetup: REDIS, env: { IOREDIS: name } }),
    resolve: {
      alias: [
        { find: /^ioredis(?=\/|$)/, replacement: name },
        ...(name === "iovalkey" ? [entry] : []),
      ],
    },
  };
}
