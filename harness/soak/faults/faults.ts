import type { DnsFaultKind, TaskState } from "../../ecs/index.ts";
import type { Repair } from "../../plays/faults/fault.ts";
import type { Stage } from "../../plays/stage/stage.ts";
import type { SoakFaultName } from "../schedule/names.ts";

type Begin = (stage: Stage) => Promise<Repair> | Repair;

/** Milliseconds before each answer of a slow resolver. */
const SLOW_ANSWER = 700;

/** The load time of each command or key on slow storage: about a second in total. */
const SLOW_KEY_MICROS = 50;

const nothing: Repair = () => {};

function dns(kind: DnsFaultKind, delay?: number): Begin {
  return ({ ecs }) => {
    ecs.faults.dns(kind, delay === undefined ? {} : { delay });
    return () => ecs.faults.dns(undefined);
  };
}

function api(kind: "down" | "throttled"): Begin {
  return ({ ecs }) => {
    ecs.faults.cloudMapApi(kind);
    return () => ecs.faults.cloudMapApi(undefined);
  };
}

function paused(task: (stage: Stage) => TaskState | undefined): Begin {
  return (stage) => {
    const { id = "" } = task(stage) ?? {};
    stage.ecs.faults.freeze(id);
    return () => stage.ecs.faults.thaw(id);
  };
}

const anApp = ({ appTasks }: Stage): TaskState | undefined => appTasks[0];

export const faults: Readonly<Record<SoakFaultName, Begin>> = {
  "redis-paused": paused(({ redisTask }) => redisTask),
  "redis-cut-off": async ({ ecs, setup }) => {
    await ecs.faults.partition(setup.services.redis, true);
    return () => ecs.faults.partition(setup.services.redis, false);
  },
  "redis-overlap": ({ ecs }) => {
    ecs.faults.overlap(true);
    return () => ecs.faults.overlap(false);
  },
  "slow-load": ({ ecs }) => {
    ecs.faults.slowStorage({ keyLoadDelayMicros: SLOW_KEY_MICROS });
    return () => ecs.faults.slowStorage(undefined);
  },
  rewrite: async (stage) => {
    await stage.readRedis((redis) => redis.bgrewriteaof());
    return nothing;
  },
  "dns-down": dns("down"),
  "dns-slow": dns("slow", SLOW_ANSWER),
  "dns-servfail": dns("servfail"),
  "dns-denies": dns("nxdomain"),
  "dns-wrong": dns("wrong"),
  "dns-truncated": dns("truncated"),
  "dns-stale": dns("stale"),
  "api-down": api("down"),
  "api-throttled": api("throttled"),
  "records-gone": ({ ecs }) => {
    ecs.faults.records("gone");
    return () => ecs.faults.records(undefined);
  },
  "app-killed": (stage) => {
    stage.ecs.faults.kill(anApp(stage)?.id ?? "");
    return nothing;
  },
  "app-paused": paused(anApp),
  "app-cut-off": async (stage) => {
    const { id = "" } = anApp(stage) ?? {};
    await stage.ecs.faults.partition(id, true);
    return () => stage.ecs.faults.partition(id, false);
  },
  "app-deployed": ({ ecs, setup }) => {
    ecs.forceNewDeployment(setup.services.app);
    return nothing;
  },
};
