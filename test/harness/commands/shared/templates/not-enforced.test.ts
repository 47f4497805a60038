import { expect, it } from "vitest";
import { readTemplate } from "../../../../../harness/ecs/index.ts";
import { notEnforced } from "../../../../../harness/commands/shared/templates/not-enforced.ts";
import { images } from "../../../ecs/fixture/local-images.ts";
import { type Overrides, template } from "../../../ecs/fixture/template.ts";

const SURVIVE = "files that a process writes outside its volumes survive a redeploy";

/** What is said of a template. */
async function said(overrides: Overrides, userData = "", chosen = images()): Promise<string[]> {
  const whole = template(overrides) as { resource: Record<string, Record<string, object>> };
  Object.assign(whole.resource["aws_launch_template"]?.["hosts"] ?? {}, {
    user_data: Buffer.from(userData).toString("base64"),
  });
  const { plan } = await readTemplate(whole, { parameters: {}, drawn: new Map() });
  return notEnforced(plan, chosen);
}

const enforcedIn = async (...given: Parameters<typeof said>) =>
  (await said(...given)).map((line) => line.replace(/^Not enforced here: (.*) \(harness.*$/, "$1"));

it.each<[what: string, overrides: Overrides, userData: string, expected: string]>([
  ["nothing but its files", {}, "", SURVIVE],
  [
    "cpu",
    { appContainer: { cpu: 256 } },
    "",
    `cpu limits no container, and no host is full of it; ${SURVIVE}`,
  ],
  [
    "interfaces",
    { appTask: { network_mode: "awsvpc" }, targetGroup: { target_type: "ip" } },
    "",
    `a host has interfaces for any number of tasks; ${SURVIVE}`,
  ],
  [
    "a health check",
    { redisContainer: { healthCheck: { command: ["CMD", "true"] } } },
    "",
    `the health check of a process runs programs of this machine; ${SURVIVE}`,
  ],
  [
    "settings of the agent, the stop timeout first",
    {},
    "echo ECS_CLUSTER=test >> c\necho ECS_LOGLEVEL=debug >> c\necho ECS_CONTAINER_STOP_TIMEOUT=2m >> c\n# ECS_X=1\n",
    `${SURVIVE}; user data: ECS_CONTAINER_STOP_TIMEOUT=2m, ECS_LOGLEVEL=debug`,
  ],
])("one line names what is not enforced: %s", async (_, overrides, userData, expected) => {
  expect(await enforcedIn(overrides, userData)).toEqual([expected]);
});

it("files of a container from an image are its own", async () => {
  const root = { folder: "/", environment: {} } as never;
  expect(await said({}, "", { redis: { root }, app: { root } })).toEqual([]);
});

const logsIn = (group: string, more: object = {}) => ({
  logConfiguration: { logDriver: "awslogs", options: { "awslogs-group": group, ...more } },
});

it.each<[what: string, overrides: Overrides, isSaid: boolean]>([
  ["is not in the template", { appContainer: logsIn("/ecs/ap") }, true],
  ["is created", { appContainer: logsIn("/ecs/ap", { "awslogs-create-group": "true" }) }, false],
  ["is in the template by name", { appContainer: logsIn("/ecs/app") }, false],
  ["is referred to", { appContainer: logsIn("${aws_cloudwatch_log_group.app.name}") }, false],
  ["has another driver", { appContainer: { logConfiguration: { logDriver: "syslog" } } }, false],
])("a log group that %s", async (_, overrides, isSaid) => {
  const resource = { aws_cloudwatch_log_group: { app: { name: "/ecs/app" } } };
  const [, second] = await said({ ...overrides, resource });
  expect(second ?? "").toMatch(isSaid ? /: \/ecs\/ap\. .*log group does not exist\.$/ : /^$/);
});
