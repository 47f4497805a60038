import { backupOf } from "../../stacks/config/backups.ts";
import type { Environment } from "../../stacks/config/environment-schema.ts";
import { serviceOf } from "../../stacks/config/redis-kinds.ts";
import { backupRestored } from "./restore.ts";
import type { Site } from "./site.ts";

/** What people do to Redis, and what happens to it: docs/operations.md. Each returns its result in a line. */
export const REDIS_STEPS: Readonly<Record<string, (site: Site) => Promise<string>>> = {
  "password rotated": passwordRotated,
  "Redis moved": redisMoved,
  "long file": longFile,
  "slow load": slowLoad,
  "host lost": hostLost,
  "backup restored": backupRestored,
};

/** What an environment lacks for a step. */
export function lacking(step: string, environment: Environment): string | undefined {
  if (serviceOf(environment) === undefined) return "its Redis is external";
  const isRestore = REDIS_STEPS[step] === backupRestored;
  return isRestore && backupOf(environment) === undefined ? "it has no backup" : undefined;
}

/** Two deploys, as in "Rotate the password". */
async function passwordRotated(site: Site): Promise<string> {
  const { passwordVersion: first = 1 } = serviceOf(site.environment) ?? {};
  for (const passwordVersion of [first + 1, first + 2]) {
    await site.deployment.deploy({ passwordVersion });
    await site.steady();
  }
  return `passwordVersion ${first} to ${first + 2}, in two deploys`;
}

async function redisMoved(site: Site): Promise<string> {
  const from = await site.place();
  const change = `--container-instances ${from.host} --status`;
  await site.programs.aws(site.ecs("update-container-instances-state", `${change} DRAINING`));
  try {
    const to = await site.moved(from);
    return `from ${from.instance}, which was drained, to ${to.instance}`;
  } finally {
    await site.programs.aws(site.ecs("update-container-instances-state", `${change} ACTIVE`));
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
  await site.calm();
  return `${CALLS * COUNTS} commands`;
}

async function slowLoad(site: Site): Promise<string> {
  const { programs } = site;
  const from = await site.place();
  const start = Date.now();
  const restart = `--service ${site.names.redis} --force-new-deployment`;
  await programs.aws(site.ecs("update-service", restart));
  await site.moved(from);
  const log = `--log-group-name ${site.names.logGroup("redis")} --start-time ${start}`;
  const pattern = '"DB loaded from append only file"';
  const { events } = await programs.aws(`logs filter-log-events ${log} --filter-pattern`, pattern);
  return String(events.at(-1)?.message ?? "no load in the log").replace(/^.*\* /, "");
}

/** Without a shutdown of its system, a host keeps the lock of the data until its lease at EFS ends. */
async function hostLost(site: Site): Promise<string> {
  const from = await site.place();
  const end = `ec2 terminate-instances --instance-ids ${from.instance} --skip-os-shutdown`;
  await site.programs.aws(end);
  const to = await site.moved(from);
  return `${from.instance} ended without a shutdown, ${to.instance} took over`;
}
