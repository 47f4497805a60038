import { buildPackage } from "../shared/build-package.ts";
import { orExit } from "../../../command-line/options.ts";
import { run } from "../../../command-line/run-and-exit.ts";
import { checkFiles } from "../shared/options/options.ts";
import { visibleJson } from "../../../command-line/visible.ts";
import { runProgram } from "../../../command-line/run-program.ts";
import { attachOptions } from "./attach/options.ts";
import { type LocalOptions, localOptions } from "./options.ts";

// `npm run local`: runs an environment on this machine, with the user's program as the app.

const args = process.argv.slice(2);
const attaching = orExit(() => attachOptions(args));
if (attaching === undefined) runEnvironment(orExit(() => localOptions(args)));
// In another terminal than the run's.
else void runProgram(async () => (await import("./attach/attach.ts")).attach(attaching));

function runEnvironment(options: LocalOptions): void {
  run(async (signal) => {
    checkFiles(options);
    await buildPackage();
    const { check, json } = options;
    if (check === true) {
      const { checkPlan, reportPage } = await import("./check-plan.ts");
      const report = await checkPlan(options, signal);
      console.log(json === true ? visibleJson(report) : reportPage(report));
      return report.comesUp ? 0 : 1;
    }
    const { runLocal } = await import("./run-local.ts");
    return runLocal(options, signal);
  });
}
