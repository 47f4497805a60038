import { spawnSync } from "node:child_process";
import { readFileSync, readdirSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { build } from "esbuild";

// Declarations by the compiler; programs as one small file for each entry, beside what they share:
// the package goes into the image of every task. Files that exist are written over, not removed
// first, since another process may be running them.
process.chdir(import.meta.dirname);
const { status } = spawnSync("npx", ["tsc", "-p", "tsconfig.json"], { stdio: "inherit" });
if (status !== 0) process.exit(1);

// What users can reach is told by package.json alone.
const { bin, exports } = JSON.parse(readFileSync("package.json", "utf8"));
const entries = Object.values(exports).filter((entry) => typeof entry === "object");
const programs = [...Object.values(bin), ...entries.map((entry) => entry.default)];
const { metafile } = await build({
  entryPoints: programs.map((path) => path.replace("/dist/", "/src/").replace(/js$/, "ts")),
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

const needed = new Set(Object.keys(metafile.outputs));
for (const { types } of entries) addDeclarations(join(types));
for (const name of readdirSync("dist", { recursive: true })) {
  const file = join("dist", name);
  if (/\.(js|d\.ts)$/.test(name) && !needed.has(file)) rmSync(file);
}

/** A declaration file, and those it imports: internal ones are not published. */
function addDeclarations(file) {
  if (needed.has(file)) return;
  needed.add(file);
  for (const [, path] of readFileSync(file, "utf8").matchAll(/ from "(\.[^"]+)\.ts"/g)) {
    addDeclarations(join(dirname(file), `${path}.d.ts`));
  }
}
