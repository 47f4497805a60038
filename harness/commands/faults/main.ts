import { buildPackage } from "../shared/build-package.ts";
import { orExit } from "../../../command-line/options.ts";
import { faultsOptions } from "./options.ts";
import { run } from "../../../command-line/run-and-exit.ts";

// `npm run faults`: plays every fault and writes docs/faults.md.

const options = orExit(() => faultsOptions(process.argv.slice(2)));
run(async (signal) => {
  await buildPackage();
  const { playFaults } = await import("./play-faults.ts");
  return playFaults(options, signal);
});
