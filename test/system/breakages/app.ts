import { type Breakage, lasting } from "./breakage.ts";

/** What people do to the app. */

export const badDeploy: Breakage = {
  title: "a release of the app that never starts",
  inAws: "an image without its program",
  begin: async (stage) => {
    const { ecs, arrangement } = stage;
    const bad = arrangement.release({ tag: "1.0.1", command: ["node", "missing.mjs"] });
    // Whether it comes to a steady state is for the arrangement to tell.
    const deployed = ecs.apply(bad).catch(() => {});
    return async () => {
      await deployed;
      const service = ecs.services.find(({ name }) => name === arrangement.services.app);
      // Where nothing rolls back, somebody deploys the last release again.
      if (service?.stable !== true) await ecs.apply(arrangement.local.template);
    };
  },
  lasts: lasting(20_000),
};
