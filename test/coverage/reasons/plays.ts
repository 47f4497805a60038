import type { Reasons } from "../unrun.ts";
import { ENDED, GONE, SLOW, SOAK, TYPES } from "./why.ts";

const HELD = "every play holds; one that does not goes on, and tells it";

/** Of plays and soaks. */
export const ofPlays: Reasons = {
  "harness/plays/faults/redis-faults.ts": [
    {
      lines: ["await stage.untilServedAfter(stage.now(), FOUND_WITHIN).catch(() => undefined);"],
      why: HELD,
      isChance: true,
    },
  ],
  "harness/plays/faults/redis-life-faults.ts": [{ lines: ['() => "it was deployed",'], why: HELD }],
  "harness/plays/migration/account.ts": [
    {
      lines: [
        "const app = { ...live.app, image: `${repositoryOf(live.app.image)}:${tag}` };",
        "return account(oldStackWithoutService(), { ...protectedLive, app });",
      ],
      why: "a scenario releases the app in the new environment alone",
    },
  ],
  "harness/plays/migration/backup.ts": [
    { lines: ["if (process.getuid?.() !== 0) return;"], why: "of who is not root" },
    { lines: ['if (error.code !== "ENOENT") throw error;'], why: GONE, isChance: true },
  ],
  "harness/plays/migration/managed-redis.ts": [
    {
      lines: ["await managed[Symbol.asyncDispose]();", "throw error;"],
      why: "its port is taken by another program on this machine",
      isChance: true,
    },
  ],
  "harness/plays/scenarios/needs.ts": [
    {
      lines: [
        "if (ofOwnStack) return undefined;",
        'if (need === "srv") return srvNameOf(plan, roles) !== undefined;',
        "srv: ({ redis }) => `needs SRV records of Redis; in this plan ${redis.service.name} has none`,",
      ],
      why: "no recorded plan has what a scenario or a fault of this kind is refused for",
      isChance: true,
    },
  ],
  "harness/plays/setups/plan-roles.ts": [
    {
      lines: ['way.conditions.every(({ type }) => type === "path"),'],
      why: "no recorded plan has a rule that asks for more than a path",
      isChance: true,
    },
  ],
  "harness/plays/setups/sidecar-setup.ts": [
    {
      lines: ["release: (release) => withCounter(dev.release(release), program, dev.srvName),"],
      why: "a scenario releases no sidecar",
    },
  ],
  "harness/plays/setups/upgrade-setup.ts": [
    {
      lines: [
        'return Object.fromEntries(blocks.map((block) => [String(block["name"]), RELEASED]));',
        ".map(({ name, valueFrom }) => [secretName(valueFrom), `local ${name}`]),",
      ],
      why: "the environment that tests upgrade reads neither a parameter nor a secret from outside",
      isChance: true,
    },
  ],
  "harness/plays/setups/without-lock.ts": [
    {
      lines: ["release: (release) => unlocked(setup.release(release)),"],
      why: "a scenario releases no Redis without its lock",
    },
  ],
  "harness/plays/steps/slow-load.ts": [
    { lines: [".catch(() => undefined);"], why: HELD, isChance: true },
  ],
  "harness/plays/steps/storm-client.ts": [
    {
      lines: ["this.failures += 1;"],
      why: "no command fails while ioredis sends it again",
      isChance: true,
    },
  ],
  "harness/plays/steps/to-elasticache.ts": [{ lines: ["throw new Error(message);"], why: HELD }],
  "harness/plays/steps/upgrade.ts": [
    {
      lines: [
        "} else if (isRestarting === true) {",
        'results.expect("Redis restarted, as was said", redisStarts > 0, redisStarts);',
      ],
      why: "`npm run upgrade` plays a change of Redis; tests play one of the app",
      isChance: true,
    },
  ],
  "harness/soak/round.ts": [
    {
      lines: [
        "void beginning.then((tooLate) => tooLate()).catch(() => {});",
        "return `${name}: not within ${BEGIN / 1_000} s`;",
        "return `${name}: ${messageOf(error)}`;",
      ],
      why: SLOW,
      isChance: true,
    },
    { lines: ["if (signal.aborted) throw error;"], why: ENDED, isChance: true },
  ],
  "harness/soak/soak.ts": [
    {
      lines: [
        'if (srvName === undefined) throw new Error("Redis has no name in DNS here");',
        'if (this.#clients === undefined) throw new Error("there are no clients yet");',
      ],
      why: `${TYPES}: a soak has a setup with a name, and begins with its clients`,
    },
    {
      lines: [
        "if (this.#options.signal.aborted) throw error;",
        "if (onRound?.(this.record, round) === false) return;",
        "if (monotonic() - this.record.beganAt >= within) return;",
      ],
      why: SOAK,
      isChance: true,
    },
  ],
  "harness/soak/history/search.ts": [
    {
      lines: ["if (this.isExhausted) return;"],
      why: "a history so long that the search ends in the middle of a loss",
      isChance: true,
    },
  ],
  "harness/soak/verdict/figures.ts": [
    {
      lines: [
        "const { first, last } = flatness;",
        "return { firstThirdMiB: mebibytes(first), lastThirdMiB: mebibytes(last) };",
        "bytesNotSyncedAtLostHosts: sum(losses, ({ bytes }) => bytes),",
        "const mebibytes = (bytes: number): number => Math.round((bytes / 2 ** 20) * 10) / 10;",
      ],
      why: SOAK,
      isChance: true,
    },
  ],
  "harness/soak/verdict/words.ts": [
    {
      lines: ['if (client === USERS) return "a user";'],
      why: "no write of a user is lost",
      isChance: true,
    },
  ],
};
