import { spawnSync } from "node:child_process";
import { readdirSync, rmSync } from "node:fs";
import { basename, join } from "node:path";
import { build } from "esbuild";

// Declarations by the compiler; programs as one small file for each entry, beside what they share:
// the package goes into the image of every task. What is there already is written over, not removed
// first, since another process may be running it.
process.chdir(import.meta.dirname);
const { status } = spawnSync("npx", ["tsc", "-p", "tsconfig.json"], { stdio: "inherit" });
if (status !== 0) process.exit(1);
const { metafile } = await build({
  entryPoints: ["index", "ioredis", "cloud-map", "testing", "cli"].map((name) => `src/${name}.ts`),
  outdir: "dist",
  bundle: true,
  splitting: true,
  packages: "external",
  format: "esm",
  platform: "node",
  target: "node20.19",
  minify: true,
  metafile: true,
  logLevel: "warning",
});
const written = Object.keys(metafile.outputs).map((path) => basename(path));
for (const file of readdirSync("dist")) {
  if (file.endsWith(".js") && !written.includes(file)) rmSync(join("dist", file));
}
