import { describe, expect, it } from "vitest";
import { analyse, redisSentence } from "../../../harness/upgrade/analyse.ts";
import { effectOf } from "../../../harness/upgrade/notice.ts";
import {
  ACCESS,
  APP_RELEASE,
  changing,
  deployingRedis,
  NOTHING,
  type PlanContent,
  recorded,
  replacing,
  SERVICE,
  SYSTEM,
  TASK,
  withImage,
  withOtherFileSystem,
  withOtherFolder,
  withResource,
} from "./support/plans.ts";

const analysed = (plan: object) => analyse(plan, "stg");

const forgotten = (address: string): PlanContent =>
  changing(NOTHING, address, () => ({ actions: ["forget"], after: null }));

describe("a recorded plan", () => {
  it.each<[string, PlanContent, string]>([
    ["changes nothing", NOTHING, "none"],
    ["releases the app", APP_RELEASE, "none"],
    ["releases the app of another team", recorded("handwritten-split-release"), "none"],
    ["changes the image of Redis", withImage("redis:8.2.1"), "restarts"],
    ["has an older Redis", withImage("redis:7.4.1"), "does not start"],
    ["replaces the file system", withOtherFileSystem(), "loses data"],
    ["has another folder", withOtherFolder(), "leaves data"],
    ["forgets the file system", forgotten(SYSTEM), "leaves data"],
    [
      "replaces the access point, with the same folder",
      replacing(NOTHING, ACCESS, ["posix_user"]),
      "none",
    ],
    ["creates everything", recorded("dev-first-deploy"), "none"],
  ])("that %s is recognized", async (_, plan, effect) => {
    expect(effectOf((await analysed(plan)).notices)).toBe(effect);
  });

  it("that restarts Redis names the old and the new image, and the resources", async () => {
    const { notices, changes, unchanged } = await analysed(withImage("redis:8.2.1"));
    expect(notices).toMatchObject([{ effect: "restarts", address: SERVICE }]);
    expect(notices[0]?.what).toContain("redis:8.2.1");
    expect(notices[0]?.what).toContain("redis:8.0.4");
    expect(changes.map(({ address, action }) => [address, action])).toEqual([
      [SERVICE, "change"],
      [TASK, "replace"],
    ]);
    expect(unchanged).toHaveLength(NOTHING.resource_changes.length - 2);
  });

  it("that replaces the file system says first what is lost", async () => {
    const { notices } = await analysed(withOtherFileSystem());
    expect(notices[0]).toMatchObject({ effect: "loses data", address: SYSTEM });
    expect(notices.map(({ effect }) => effect)).not.toContain("leaves data");
  });

  it("that moves the file system keeps the data, and names both addresses", async () => {
    const moved = withResource(NOTHING, SYSTEM, (each) => ({
      ...each,
      previous_address: "aws_efs_file_system.old",
    }));
    const { changes, notices } = await analysed(moved);
    expect(notices).toEqual([]);
    expect(changes).toMatchObject([
      { address: SYSTEM, from: "aws_efs_file_system.old", action: "move" },
    ]);
  });

  it("that destroys the file system and creates another one advises a moved block", async () => {
    const destroyed = changing(NOTHING, SYSTEM, () => ({ actions: ["delete"], after: null }));
    const old = destroyed.resource_changes.find(({ address }) => address === SYSTEM);
    const created = {
      ...old,
      address: "aws_efs_file_system.new",
      name: "new",
      change: { actions: ["create"], before: null, after: {} },
    };
    const plan = { ...destroyed, resource_changes: [...destroyed.resource_changes, created] };
    const { notices } = await analysed(plan);
    expect(notices[0]).toMatchObject({ effect: "loses data", address: SYSTEM });
    expect(notices[0]?.advice).toContain("moved block");
  });

  it("of another memory limit of Redis restarts it with its data", async () => {
    const { notices } = await analysed(deployingRedis(NOTHING, "memory", () => "2048"));
    expect(notices.map(({ effect }) => effect)).toEqual(["restarts"]);
  });

  it("that destroys everything says that the data are lost and Redis ends, and nothing of hosts", async () => {
    const resource_changes = NOTHING.resource_changes.map((each) => ({
      ...each,
      change: { actions: ["delete"], before: each.change.before, after: null },
    }));
    const { notices, redis } = await analysed({ ...NOTHING, resource_changes });
    expect(notices.map(({ effect }) => effect)).toEqual(["loses data", "leaves data"]);
    expect(redis).toEqual({ before: ["stg-redis"], after: [] });
  });

  it("names what was changed outside of Terraform", async () => {
    expect((await analysed(APP_RELEASE)).drifted).toEqual(["aws_autoscaling_group.cluster_hosts"]);
  });
});

describe("the sentence about Redis", () => {
  it("says that a first Redis starts", async () => {
    const summary = await analysed(recorded("dev-first-deploy"));
    expect(summary.redis).toEqual({ before: [], after: ["dev-redis"] });
    expect(redisSentence(summary)).toContain("dev-redis starts for the first time");
  });

  it("differs for each effect", async () => {
    const plans = [
      APP_RELEASE,
      withImage("redis:8.2.1"),
      withImage("redis:7.4.1"),
      withOtherFileSystem(),
      forgotten(SYSTEM),
    ];
    const sentences = await Promise.all(
      plans.map(async (plan) => redisSentence(await analysed(plan))),
    );
    expect(new Set(sentences).size).toBe(plans.length);
  });

  it("says if there is no Redis on ECS", async () => {
    const others = APP_RELEASE.resource_changes.filter(
      ({ address }) => ![SERVICE, TASK].includes(address),
    );
    const summary = await analysed({
      ...APP_RELEASE,
      resource_changes: others,
      prior_state: undefined,
    });
    expect(summary.redis).toEqual({ before: [], after: [] });
    expect(redisSentence(summary)).toMatch(/^No Redis/);
  });
});
