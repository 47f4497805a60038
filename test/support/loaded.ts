import { build } from "esbuild";

/** The source files that a program loads statically, without type imports. */
export async function loadedBy(root: string, path: string): Promise<ReadonlySet<string>> {
  const { metafile } = await build({
    absWorkingDir: root,
    entryPoints: [path],
    bundle: true,
    write: false,
    metafile: true,
    platform: "node",
    format: "esm",
    packages: "external",
    logLevel: "error",
  });
  const loaded = new Set([path]);
  // The set grows while it is read.
  for (const each of loaded) {
    for (const { path: imported, kind, external } of metafile.inputs[each]?.imports ?? []) {
      if (kind !== "dynamic-import" && external !== true) loaded.add(imported);
    }
  }
  return loaded;
}
