import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";

const ROOT = join(import.meta.dirname, "../../..");
const PACKAGE = join(ROOT, "runtime");

/** Files besides the sources that a build reads. */
const SETTINGS = [
  "package.json",
  "tsconfig.json",
  "tsconfig.cjs.json",
  "../tsconfig.json",
  "finish-build.js",
];

/** Milliseconds. A build takes two seconds. */
const TIMEOUT = 120_000;

/**
 * Builds the package `srv-dialer` if its sources have changed since the last build. Call it before loading a module
 * that imports the package.
 * @throws an error if the build fails; the compiler prints the reason
 */
export async function buildPackage(folder: string = PACKAGE): Promise<void> {
  if (isBuilt(folder)) return;
  const reason = existsSync(join(folder, "dist"))
    ? "its sources have changed"
    : "for the first time";
  console.error(`building srv-dialer (${reason})`);
  const build = spawn("npm", ["run", "build", "--silent"], {
    cwd: folder,
    // The compiler's output goes to standard error, because standard output may be JSON.
    stdio: ["ignore", 2, 2],
    timeout: TIMEOUT,
  });
  const [code] = (await once(build, "close")) as [number | null];
  if (code !== 0) throw new Error(`npm run build failed in ${folder}`);
}

/** Whether each source has an output, each output has a source, and no output is older than a source. */
function isBuilt(folder: string): boolean {
  const [src, dist] = [join(folder, "src"), join(folder, "dist/cjs")];
  if (!existsSync(dist)) return false;
  const sources = filesIn(src, ".ts");
  const outputs = filesIn(dist, ".js");
  const isComplete = sources.join() === outputs.join();
  if (!isComplete) return false;
  const inputs = [
    ...sources.map((name) => join(src, `${name}.ts`)),
    ...SETTINGS.map((name) => join(folder, name)),
  ];
  const newest = Math.max(...inputs.map(changedAt));
  return outputs.every((name) => changedAt(join(dist, `${name}.js`)) >= newest);
}

const changedAt = (path: string): number => statSync(path).mtimeMs;

/** The sorted names of the files with an extension, without the extension. */
function filesIn(folder: string, ending: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(ending))
    .map((name) => name.slice(0, -ending.length))
    .toSorted();
}
