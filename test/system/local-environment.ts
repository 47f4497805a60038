import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { environments } from "../../environments.ts";
import { synthesize } from "../../stacks/synthesize.ts";
import type { LocalImage } from "../harness/tasks/image.ts";
import { redisImage } from "../harness/tasks/redis-image.ts";

/** The environment that the story plays in. */
const ENVIRONMENT = "dev";
export const APP_SERVICE = `${ENVIRONMENT}-app`;
export const REDIS_SERVICE = `${ENVIRONMENT}-redis`;
export const SRV_NAME = `${REDIS_SERVICE}.${ENVIRONMENT}-ecs`;

/** What the images of the task definitions are on this machine. */
export function localImages(): Record<string, LocalImage> {
  return {
    redis: redisImage(),
    app: {
      command: [process.execPath, "--import", import.meta.resolve("tsx"), "server.ts"],
      workingDirectory: fileURLToPath(new URL("./app", import.meta.url)),
    },
  };
}

/** Synthesizes every environment, as a deployer would; `path` is the story's own. */
export function synthesizeAll(outdir: string): { path: string; environments: string[] } {
  const written = synthesize(environments, { outdir });
  const own = written.find(({ environment }) => environment === ENVIRONMENT);
  if (own === undefined) throw new Error(`environments.ts has no environment "${ENVIRONMENT}"`);
  return { path: own.path, environments: written.map(({ environment }) => environment) };
}

/** The same environment with another image of the app: what a release changes. */
export function synthesizeRelease(tag: string): object {
  const environment = environments[ENVIRONMENT];
  const { app } = environment;
  const image = app.image.replace(/:[^:/]*$/, `:${tag}`);
  const outdir = mkdtempSync(join(tmpdir(), "release-"));
  try {
    const released = { ...environments, [ENVIRONMENT]: { ...environment, app: { ...app, image } } };
    const [written] = synthesize(released, { outdir, only: [ENVIRONMENT] });
    if (written === undefined) throw new Error("nothing was synthesized");
    return JSON.parse(readFileSync(written.path, "utf8")) as object;
  } finally {
    rmSync(outdir, { recursive: true, force: true });
  }
}
