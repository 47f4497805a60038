// Writes a report of the public types of each entry of srv-dialer, runtime/api/NAME.api.md.
// With --check it writes nothing, and fails if a report differs.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Extractor, ExtractorConfig } from "@microsoft/api-extractor";

const config = join(import.meta.dirname, "api-extractor.json");
const runtime = join(import.meta.dirname, "../runtime");
const packageJson = join(runtime, "package.json");
const localBuild = !process.argv.includes("--check");

const { exports } = JSON.parse(readFileSync(packageJson, "utf8"));
const types = Object.values(exports).flatMap((entry) => entry.types?.require ?? []);

const differing = types.filter((path) => {
  const entry = path.slice("./dist/cjs/".length, -".d.ts".length);
  const configObject = ExtractorConfig.loadFile(config);
  configObject.mainEntryPointFilePath = join(runtime, path);
  configObject.apiReport.reportFileName = entry;
  const prepared = ExtractorConfig.prepare({
    configObject,
    configObjectFullPath: config,
    packageJsonFullPath: packageJson,
  });
  return !Extractor.invoke(prepared, { localBuild }).succeeded;
});
if (differing.length > 0) {
  console.error(`The public types differ in ${differing.join(", ")}.`);
  console.error("If that is intended, run `npm run api --prefix tools` and commit runtime/api/.");
  process.exitCode = 1;
}
