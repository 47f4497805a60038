import { type Breakage, lasting } from "./fault.ts";

/** What people do to the app. */

export const deployed: Breakage = {
  title: "a release of the app",
  inAws: "every day",
  begin: async ({ ecs, setup }) => {
    await ecs.apply(setup.release({ tag: "1.0.1" }));
    await ecs.waitUntilStable({ timeout: 120_000 });
    return undefined;
  },
};

export const badDeploy: Breakage = {
  title: "a release of the app that never starts",
  inAws: "an image without its program",
  begin: async (stage) => {
    const { ecs, setup } = stage;
    const bad = setup.release({ tag: "1.0.1", command: ["node", "missing.mjs"] });
    // Whether it comes to a steady state is for the setup to tell.
    const applied = ecs.apply(bad).catch(() => {});
    return async () => {
      await applied;
      const service = ecs.services.find(({ name }) => name === setup.services.app);
      // Where nothing rolls back, somebody deploys the last release again.
      if (service?.stable !== true) await ecs.apply(setup.local.template);
    };
  },
  lasts: lasting(20_000),
};
