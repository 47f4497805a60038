import { join } from "node:path";
import { findRedisServer } from "../support/redis-server.ts";
import { synthesizeAll } from "./local-environment.ts";
import { steps } from "./story/steps.ts";
import { playStory } from "./story/story.ts";
import { liveView, plainView } from "./view/audience.ts";
import { renderSummary } from "./view/summary-table.ts";

// `npm start`: synthesizes every environment, then plays the story in the local ECS.

/** Before each step, in ms: what changes is seen to change. */
const PAUSE_FOR_EYES = 2_000;

const interrupted = new AbortController();
for (const signal of ["SIGINT", "SIGTERM"] as const) {
  process.once(signal, () => interrupted.abort(new Error(`interrupted by ${signal}`)));
}

async function main(): Promise<number> {
  process.env["REDIS_SERVER"] = await findRedisServer();
  const outdir = process.env["CDKTF_OUTDIR"] ?? join(import.meta.dirname, "../../cdktf.out");
  const { path, environments } = synthesizeAll(outdir);
  console.log(`synthesized ${environments.join(", ")}; running ${path}`);

  const view = process.stdout.isTTY
    ? liveView(
        process.stdout,
        steps.map(({ title }) => title),
      )
    : plainView(process.stdout);
  const { signal } = interrupted;
  const pause = process.stdout.isTTY ? PAUSE_FOR_EYES : 0;
  const report = await playStory({ template: path, signal, audience: view, pause }).finally(() =>
    view.close(),
  );
  console.log(renderSummary(report));
  return report.failed.length === 0 ? 0 : 1;
}

main().then(
  (code) => process.exit(code),
  (error: unknown) => {
    console.error(error instanceof Error ? error.message : error);
    process.exit(interrupted.signal.aborted ? 130 : 1);
  },
);
