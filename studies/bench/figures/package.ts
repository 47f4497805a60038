import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import type { Figure, FigureContext, FigureReport } from "../figure.ts";
import { spreadOf } from "../statistics.ts";

const ROOT = fileURLToPath(new URL("../../../", import.meta.url));
const WORKSPACE = "runtime";

interface Manifest {
  readonly dependencies?: Record<string, string>;
}

/** The size and the dependencies of the package. */
export const packageFigure: Figure = { name: "package", measure };

async function measure({ signal }: FigureContext): Promise<readonly FigureReport[]> {
  // Without its scripts, packing builds nothing; `npm run bench` has built the package.
  const pack = ["pack", "--workspace", WORKSPACE, "--dry-run", "--json", "--ignore-scripts"];
  const { stdout } = await promisify(execFile)("npm", pack, { cwd: ROOT, timeout: 60_000, signal });
  const [packed] = JSON.parse(stdout) as { unpackedSize: number; size: number }[];
  if (packed === undefined) throw new Error("npm pack listed no package");
  const manifest = JSON.parse(readFileSync(`${ROOT}${WORKSPACE}/package.json`, "utf8")) as Manifest;
  const dependencies = Object.keys(manifest.dependencies ?? {});
  const unpacked = packed.unpackedSize / 1_000;
  return [
    {
      name: "package size",
      title: "package, unpacked",
      value: unpacked,
      unit: "kB",
      entries: [entry("unpacked", unpacked, "kB"), entry("packed", packed.size / 1_000, "kB")],
    },
    {
      name: "package dependencies",
      title: "package, production dependencies",
      value: dependencies.length,
      unit: "",
      goal: { most: 0 },
      entries: [{ ...entry("direct", dependencies.length, ""), note: dependencies.join(", ") }],
    },
  ];
}

function entry(contestant: string, value: number, unit: string) {
  return { contestant, measured: spreadOf([value]), unit };
}
