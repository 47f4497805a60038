import { live, OLD_FOLDER, REHEARSAL_FOLDER } from "../migration/live-environment.ts";
import {
  account,
  liveIn,
  liveInAccount,
  liveStack,
  oldStackWithoutService,
  oldStack,
  protectedLive,
} from "../migration/account.ts";
import { isServed } from "../stage/load.ts";
import { seconds } from "../stage/results.ts";
import { deployApp } from "./app-deploy.ts";
import { SEEDED_KEYS } from "./first-deploy.ts";
import { measureUsers, servedOf } from "../stage/measures.ts";
import { firstGuest, guestsIn, inFolder, untilServiceStopped } from "./migration-checks.ts";
import type { Step } from "./step.ts";
import { unnoticed } from "./unnoticed-deploy.ts";

// The steps of docs/migration.md, in its order and with its titles.

const { image } = live.app;
const OLD = "before-app";

export const takeStock: Step = {
  title: "Take stock and back up",
  play: async (stage) => {
    await stage.readRedis(async (redis) => {
      const [, appendonly] = await redis.config("GET", "appendonly");
      const keys = await redis.dbsize();
      stage.results.measure("keys", keys);
      stage.results.expect("the old Redis appends", appendonly === "yes", String(appendonly));
      stage.results.expect("it has data", keys >= SEEDED_KEYS, keys);
    });
  },
};

export const releaseApp: Step = {
  title: "Release an app that dials",
  play: async (stage) => {
    const { appStarts } = await deployApp(stage);
    stage.results.expect("the new release runs in the old task", appStarts > 0, appStarts);
    const lost = await guestsIn(stage).then(({ missing }) => missing.length);
    stage.results.expect("its data are kept", lost === 0, `${lost} lost`);
  },
};

export const nameWhatExists: Step = {
  title: "Name what exists",
  play: async ({ results }) => {
    const types = Object.keys(liveStack(liveIn(REHEARSAL_FOLDER)).resource);
    const owned = [
      "aws_vpc",
      "aws_subnet",
      "aws_ecs_cluster",
      "aws_autoscaling_group",
      "aws_efs_file_system",
      "aws_efs_mount_target",
      "aws_service_discovery_private_dns_namespace",
    ].filter((type) => types.includes(type));
    results.expect("nothing that exists is created again", owned.length === 0, owned.join(", "));
  },
};

export const deployBeside: Step = {
  title: "Deploy beside it, on an empty folder",
  play: async (stage) => {
    const { ecs, results } = stage;
    const old = stage.redisTask.id;
    const began = stage.now();
    await ecs.apply(account(oldStack({ image }), liveIn(REHEARSAL_FOLDER)));
    await ecs.waitUntilStable();
    results.measure("time", seconds(stage.now() - began));
    const status = await firstGuest(stage, liveInAccount().services.app);
    results.expect("the new app serves at its own load balancer", status === 201, status);
    results.expect("the old Redis is unchanged", stage.redisTask.id === old, stage.redisTask.id);
    const outcomes = await stage.settledSince(began);
    results.expect("users notice nothing", outcomes.every(isServed), servedOf(outcomes));
    await stage.readRedis(async (redis) => {
      const keys = await redis.dbsize();
      results.expect("the new Redis has only the trial write", keys === 1, keys);
    }, liveInAccount());
  },
};

export const stopOld: Step = {
  title: "Stop the old task",
  play: async (stage) => {
    const { ecs, results } = stage;
    const began = stage.now();
    await ecs.apply(account(oldStack({ image, count: 0 }), liveIn(REHEARSAL_FOLDER)));
    await untilServiceStopped(stage, OLD);
    results.measure("time", seconds(stage.now() - began));
    const left = stage.writers.sample().filter(inFolder(OLD_FOLDER));
    results.expect("no server has the folder open", left.length === 0, left.length);
  },
};

export const handOver: Step = {
  title: "Hand over the folder",
  play: async (stage) => {
    const { ecs, results } = stage;
    const began = stage.now();
    const changes = await ecs.apply(account(oldStack({ image, count: 0 }), liveIn(OLD_FOLDER)));
    await ecs.waitUntilStable();
    results.measure("time", seconds(stage.now() - began));
    results.measure("resources changed", changes.join("\n"));
    const { missing, unexpected } = await guestsIn(stage, liveInAccount());
    results.expect("every acknowledged write is kept", missing.length === 0, missing.length);
    results.expect(
      "no data of the rehearsal are left",
      unexpected.length === 0,
      unexpected.join(", "),
    );
  },
};

export const moveUsers: Step = {
  title: "Move the users",
  play: async (stage) => {
    const { results } = stage;
    stage.moveTo(liveInAccount());
    const moved = stage.now();
    await stage.untilServedAfter(moved);
    const stopped = results.steps.find(({ title }) => title === stopOld.title)?.at ?? moved;
    const outcomes = await stage.settledSince(stopped);
    measureUsers(results, outcomes);
    const served = outcomes.filter(({ sentAt }) => sentAt >= moved);
    results.expect("all later requests are served", served.every(isServed), servedOf(served));
  },
};

export const removeOld: Step = {
  title: "Remove the old service",
  play: (stage) =>
    unnoticed(stage, () => stage.ecs.apply(account(oldStackWithoutService(), liveIn(OLD_FOLDER)))),
};

export const protect: Step = {
  title: "Protect it",
  play: (stage) =>
    unnoticed(stage, () => stage.ecs.apply(account(oldStackWithoutService(), protectedLive))),
};
