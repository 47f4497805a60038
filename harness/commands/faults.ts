import { buildPackage } from "./build-package.ts";
import { orExit } from "./command-line.ts";
import { faultsOptions } from "./faults-options.ts";
import { run } from "./interrupt.ts";

// `npm run faults`: plays every fault, and writes docs/faults.md.

const options = orExit(() => faultsOptions(process.argv.slice(2)));
run(async (signal) => {
  await buildPackage();
  const { playFaults } = await import("./play-faults.ts");
  return playFaults(options, signal);
});
