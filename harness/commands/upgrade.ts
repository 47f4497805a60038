import { buildPackage } from "./build-package.ts";
import { orExit } from "./command-line.ts";
import { run } from "./interrupt.ts";
import { upgradeOptions } from "./upgrade-options.ts";

// `npm run upgrade`: what an upgrade does to an environment, before it happens.

const options = orExit(() => upgradeOptions(process.argv.slice(2)));
run(async (signal) => {
  if (options.isPlayed) await buildPackage();
  const { runUpgrade } = await import("./run-upgrade.ts");
  return runUpgrade(options, signal);
});
