import { orExit } from "../../command-line/options.ts";
import { run } from "../../command-line/run-and-exit.ts";
import { releaseOptions } from "./release-options.ts";

// `npm run release`: checks, versions, CHANGELOG, tag.

const options = orExit(() => releaseOptions(process.argv.slice(2)));
run(async (signal) => {
  const { runRelease } = await import("./run-release.ts");
  return runRelease(options, signal);
});
