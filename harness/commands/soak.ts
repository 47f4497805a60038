import { buildPackage } from "./build-package.ts";
import { orExit } from "./command-line.ts";
import { soakOptions } from "./soak-options.ts";
import { run } from "./interrupt.ts";

// `npm run soak`: random faults from a seed under clients, and a verdict on what they saw.

const options = orExit(() => soakOptions(process.argv.slice(2)));
run(async (signal) => {
  await buildPackage();
  const { runSoak } = await import("./run-soak.ts");
  return runSoak(options, signal);
});
