// Bundles contain the package, but neither its peers nor what they need. Each is run on Node.js.
import { afterAll, beforeAll, expect, it } from "vitest";

import { MIXED, PROGRAM, SHARED, USED } from "./support/programs.ts";
import { Project } from "./support/project.ts";

const ESBUILD = "node_modules/esbuild/bin/esbuild";

const WEBPACK = `
import webpack from "webpack";

const [format, entry, filename, ...external] = process.argv.slice(2);
const isModule = format === "esm";
const options = {
  mode: "production",
  target: "node20",
  entry,
  output: {
    path: process.cwd(),
    filename,
    module: isModule,
    library: { type: isModule ? "module" : "commonjs2" },
  },
  experiments: { outputModule: isModule },
  optimization: { minimize: false },
  externals: Object.fromEntries(external.map((name) => [name, name])),
  externalsType: isModule ? "module-import" : "commonjs",
};
webpack(options, (error, stats) => {
  if (error) throw error;
  const problems = stats.toString({ all: false, errors: true, warnings: true });
  if (problems !== "") throw new Error(problems);
});
`;

type Bundle = (format: "esm" | "cjs", entry: string, output: string) => Promise<string>;

let project: Project;

const esbuild: Bundle = (format, entry, output) => {
  const external = project.external.map((name) => `--external:${name}`);
  const args = ["--bundle", "--platform=node", `--format=${format}`, `--outfile=${output}`];
  return project.run(ESBUILD, entry, ...args, ...external, "--log-override:*=error");
};

const rollup: Bundle = (format, entry, output) => {
  const external = ["/^node:/", ...project.external].join(",");
  const args = ["--plugin", "node-resolve", "--external", external, "--failAfterWarnings"];
  return project.node(
    "node_modules/rollup/dist/bin/rollup",
    entry,
    "-f",
    format,
    "-o",
    output,
    ...args,
  );
};

const webpack: Bundle = (format, entry, output) =>
  project.node("run-webpack.mjs", format, `./${entry}`, output, ...project.external);

const BUNDLERS = { esbuild, rollup, webpack };
const NAMES = ["esbuild", "rollup", "webpack"] as const;
const FORMATS = ["esm", "cjs"] as const;

beforeAll(async () => {
  project = await Project.create({ "use.ts": PROGRAM, "run-webpack.mjs": WEBPACK, ...MIXED });
  await project.run(ESBUILD, "use.ts", "--format=esm", "--outfile=use.mjs");
});

afterAll(() => project[Symbol.asyncDispose]());

it.each(NAMES.flatMap((name) => FORMATS.map((format) => [name, format] as const)))(
  "a bundle of %s as %s uses every entry",
  async (name, format) => {
    const output = `${name}.${format === "esm" ? "mjs" : "cjs"}`;
    await BUNDLERS[name](format, "use.mjs", output);
    expect(await project.node(output)).toBe(USED);
  },
);

it.each(["esbuild", "webpack"] as const)(
  "a bundle of %s has the package once, if an app imports and requires it",
  async (name) => {
    await BUNDLERS[name]("esm", "mixed.mjs", `mixed-${name}.mjs`);
    expect(await project.node(`mixed-${name}.mjs`)).toBe(SHARED);
  },
);
