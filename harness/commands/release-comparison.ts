import { join } from "node:path";
import { environmentSetup } from "../plays/setups/environment-setup.ts";
import { readApi } from "../reference/read-api.ts";
import { type ApiChange, compareApi } from "../release/api-changes.ts";
import { apiOfTag } from "../release/api-of-tag.ts";
import { analyse } from "../upgrade/analyse.ts";
import { oldVersions } from "../upgrade/old-version.ts";
import { upgradeTable } from "../upgrade/upgrade-table.ts";
import { buildPackage } from "./shared/build-package.ts";
import { environmentNames, environments } from "./shared/environments.ts";

/** The changes of the package's public types since a tag. */
export async function typesSince(
  tag: string,
  root: string,
  signal: AbortSignal,
): Promise<ApiChange[]> {
  const runtime = join(root, "runtime");
  await buildPackage(runtime);
  return compareApi(await apiOfTag(root, tag, signal), readApi(runtime));
}

/** The row of `npm run upgrade -- --markdown` for each environment that the tag has too. */
export async function upgradeFrom(
  tag: string,
  root: string,
  { signal, say }: { readonly signal: AbortSignal; readonly say: (text: string) => void },
): Promise<string> {
  const old = await oldVersions({ root, from: tag, signal, say });
  const analyses = environmentNames.flatMap((name) => {
    const module = old.get(name);
    return module === undefined
      ? []
      : [analyse(environmentSetup(name, { environments }), module, tag)];
  });
  return upgradeTable((await Promise.all(analyses)).map(({ summary }) => summary));
}
