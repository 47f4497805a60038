import { buildPackage } from "../shared/build-package.ts";
import { orExit } from "../../../command-line/options.ts";
import { run } from "../../../command-line/run-and-exit.ts";
import { upgradeOptions } from "./options.ts";

// `npm run upgrade`: shows what a plan does to a running environment before you apply it.

const options = orExit(() => upgradeOptions(process.argv.slice(2)));
run(async (signal) => {
  if (options.isPlayed) await buildPackage();
  const { runUpgrade } = await import("./run-upgrade.ts");
  return runUpgrade(options, signal);
});
