import { buildPackage } from "./shared/build-package.ts";
import { orExit } from "../../command-line/options.ts";
import { figuresOptions } from "./figures-options.ts";
import { run } from "../../command-line/run-and-exit.ts";

// `npm run figures`: measures what README and guides tell, and writes results/figures.json.

const options = orExit(() => figuresOptions(process.argv.slice(2)));
run(async (signal) => {
  await buildPackage();
  const { measureFigures } = await import("./measure-figures.ts");
  return measureFigures(options, signal);
});
