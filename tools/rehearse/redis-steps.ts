import { backupOf } from "../../stacks/config/backups.ts";
import type { Environment, EnvironmentInput } from "../../stacks/config/environment-schema.ts";
import { serviceOf } from "../../stacks/config/redis-kinds.ts";
import { backupRestored } from "./restore.ts";
import type { Site } from "./site.ts";

/** What people do to Redis, and what happens to it: docs/operations.md. It needs running tasks. */
export interface RedisStep {
  readonly name: string;
  /** Expected minutes. None was measured on AWS. */
  readonly minutes: number;
  /** @returns the result in a line */
  readonly run: (site: Site) => Promise<string>;
}

export const REDIS_STEPS: readonly RedisStep[] = [
  { name: "password rotated", minutes: 20, run: passwordRotated },
  { name: "Redis moved", minutes: 10, run: redisMoved },
  { name: "long file", minutes: 5, run: longFile },
  { name: "slow load", minutes: 5, run: slowLoad },
  { name: "host lost", minutes: 15, run: hostLost },
  { name: "backup restored", minutes: 90, run: backupRestored },
];

/** What an environment lacks for a step. */
export function lacking(step: RedisStep, environment: Environment): string | undefined {
  if (serviceOf(environment) === undefined) return "its Redis is external";
  const isRestore = step.run === backupRestored;
  return isRestore && backupOf(environment) === undefined ? "it has no backup" : undefined;
}

/** Two deploys, as in "Rotate the password". */
async function passwordRotated(site: Site): Promise<string> {
  const { environment, deployment } = site.props;
  const { passwordVersion: first = 1 } = serviceOf(environment) ?? {};
  for (const passwordVersion of [first + 1, first + 2]) {
    await deployment.deploy(
      (own) => ({ ...own, redis: { ...own.redis, passwordVersion } }) as EnvironmentInput,
    );
    await site.steady();
  }
  return `passwordVersion ${first} to ${first + 2}, in two deploys`;
}

async function redisMoved(site: Site): Promise<string> {
  const { aws } = site.props;
  const from = await site.place();
  const change = `--container-instances ${from.host} --status`;
  await aws.call(site.ecs("update-container-instances-state", `${change} DRAINING`));
  try {
    const to = await site.moved(from);
    return `from ${from.instance}, which was drained, to ${to.instance}`;
  } finally {
    await aws.call(site.ecs("update-container-instances-state", `${change} ACTIVE`));
  }
}

/** So many commands in the file that Redis loads, 2 GB. They count one key up, so they take no memory. */
const CALLS = 600;
const COUNTS = 100_000;

async function longFile(site: Site): Promise<string> {
  const count = `for i = 1, ${COUNTS} do redis.call('incr', KEYS[1]) end`;
  await site.run((client) => [
    // A rewrite would leave one command. The setting ends with the server.
    `${client} config set auto-aof-rewrite-percentage 0`,
    `${client} -r ${CALLS} -i 0.1 eval "${count}" 1 rehearsal:count`,
    `test "$(${client} get rehearsal:count)" -ge ${CALLS * COUNTS}`,
  ]);
  await site.props.calm();
  return `${CALLS * COUNTS} commands`;
}

async function slowLoad(site: Site): Promise<string> {
  const { aws, names } = site.props;
  const from = await site.place();
  const start = Date.now();
  const restart = `--service ${names.redis} --force-new-deployment`;
  await aws.call(site.ecs("update-service", restart));
  await site.moved(from);
  const log = `--log-group-name ${names.logGroup("redis")} --start-time ${start}`;
  const pattern = '"DB loaded from append only file"';
  const { events } = await aws.call(`logs filter-log-events ${log} --filter-pattern`, pattern);
  return String(events.at(-1)?.message ?? "no load in the log").replace(/^.*\* /, "");
}

/** Without a shutdown of its system, a host keeps the lock of the data until its lease at EFS ends. */
async function hostLost(site: Site): Promise<string> {
  const from = await site.place();
  const end = `ec2 terminate-instances --instance-ids ${from.instance} --skip-os-shutdown`;
  await site.props.aws.call(end);
  const to = await site.moved(from);
  return `${from.instance} ended without a shutdown, ${to.instance} took over`;
}
