/** How the behaviour of a row in the table of harness/ecs/README.md is broken. */
export interface Break {
  /** The first cell of the row. */
  readonly row: string;
  /** Below harness/ecs/. */
  readonly file: string;
  /** Occurs once in the file. */
  readonly from: string;
  readonly to: string;
  /** A test file of the row. @default the only one */
  readonly test?: string;
  /** A part of the titles of the tests that must see it, where all of the file take long. */
  readonly only?: string;
}

const isIn =
  (file: string) =>
  (row: string, from: string, to: string, more: Partial<Break> = {}) =>
    ({ row, file, from, to, ...more }) satisfies Break;

const order = isIn("tasks/container-order.ts");
const volumes = isIn("tasks/volumes.ts");
const deployment = isIn("services/deployment.ts");
const files = isIn("tasks/environment-files.ts");
const variables = isIn("agent/variables.ts");

export const BREAKS: readonly Break[] = [
  order("A dependency that cannot start", "if (startedAt === undefined) {", "if (name === '') {"),
  order("`COMPLETE`", "return stopped && exitCode !== undefined;", "return stopped;"),
  order("`HEALTHY` after a failed check", 'health === "HEALTHY"', 'health !== "UNKNOWN"'),
  order("`startTimeout`", "startedAt + startTimeout * 1000", "startTimeout * 1000", {
    test: "tasks/container-order",
  }),
  isIn("tasks/container.ts")("`startTimeout`", "this.startedAt ??=", "this.startedAt =", {
    test: "tasks/restart",
    only: "startTimeout",
  }),
  isIn("tasks/container.ts")("A container that is given up", "(error, 143)", "(error, 0)"),
  isIn("tasks/image-launch.ts")(
    "`HOSTNAME`",
    "    ...own,\n",
    "    ...own,\n    HOSTNAME: hostname,\n",
    { test: "tasks/image-launch", only: "has the HOSTNAME" },
  ),
  isIn("tasks/process-launch.ts")("`HOSTNAME`", "hostnameOf(taskId, plan.name)", '"host"', {
    test: "tasks/restart",
    only: "keep their variables",
  }),
  volumes("An access point without its directory", 'mount.ifMissing !== "refused"', "true", {
    only: "access point",
  }),
  volumes("A new volume of Docker", 'mount.ifMissing === "copied"', "false", {
    only: "new volume",
  }),
  isIn("services/failures.ts")("Tasks that never run", "2 ** (failures - 1)", "1"),
  isIn("services/failures.ts")(
    "Tasks that ran and ended",
    "REPLACEMENT_DELAY = 1000",
    "REPLACEMENT_DELAY = 0",
    { test: "services/service", only: "once a second" },
  ),
  deployment("Tasks that ran and ended", "startedAt + REPLACEMENT_DELAY", "0", {
    test: "services/deployment",
  }),
  isIn("services/verdict.ts")("A task without a health check", "= 40_000", "= 0"),
  deployment("The circuit breaker", "if (task.isFailure) this", "this"),
  isIn("balancing/target-group.ts")("Deregistration delay", "delay / DRAIN_SCALE", "0"),
  isIn("tasks/reported-health.ts")("Reports of health", "20_000 / 60", "1"),
  isIn("services/scheduler.ts")("Scaling in", " || beside(a) - beside(b)", ""),
  isIn("services/stop-reason.ts")("Reasons and events", "Scaling activity", "Scaling"),
  isIn("balancing/target-group.ts")(
    "Connections to targets",
    "{ keepAlive: this.#keepAlive }",
    "{ keepAlive: false }",
  ),
  isIn("balancing/load-balancer.ts")("`X-Amzn-Trace-Id`", '"x-amzn-trace-id": trace', '"x": trace'),
  isIn("tasks/container-place.ts")(
    "Links",
    "image(plan.image).exposes) || []",
    "undefined) || []",
    {
      only: "only the image exposes",
    },
  ),
  isIn("agent/documents.ts")(
    "Task metadata V3, V4, statistics",
    "    Family: definition.family,\n",
    "",
    { test: "agent/agent", only: "is that of the run" },
  ),
  isIn("agent/credentials.ts")(
    "Credentials of the task role",
    "VALID_FOR = 6 *",
    "VALID_FOR = 1 *",
    {
      test: "agent/agent",
      only: "gets its region",
    },
  ),
  isIn("services/scheduler.ts")(
    "Task protection",
    'isProtected === true && health !== "bad"',
    "false",
    {
      only: "outlives a deployment",
    },
  ),
  variables("`AWS_REGION`, `AWS_EXECUTION_ENV`", '"AWS_REGION" in given || ', "", {
    only: "region",
  }),
  variables("`AWS_REGION`, `AWS_EXECUTION_ENV`", "      AWS_DEFAULT_REGION: region,\n", "", {
    only: "region",
  }),
  variables("`AWS_REGION`, `AWS_EXECUTION_ENV`", "`AWS_ECS_$", "`$", { only: "region" }),
  isIn("agent/refused-calls.ts")("Calls of AWS APIs", '"NotInLocalEcs"', '"Throttling"'),
  isIn("machine/container-network.ts")(
    "169.254.169.254",
    "inside ip route add unreachable 169.254.169.254 || exit\n",
    "",
    { only: "in bridge mode" },
  ),
  files("Environment files", "=(.*)$/", "=(.+)$/"),
  files("Environment files", ".toReversed()", ""),
];
