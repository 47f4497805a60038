import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { LockError } from "../../stacks/providers/lock-error.ts";
import type { RootModule } from "../../stacks/providers/required-providers.ts";
import { synthesize } from "../../stacks/synthesize.ts";

/**
 * A module with the required providers of all environments, because they share one lock file.
 *
 * @throws LockError `ERR_LOCK_CONFLICT`, and what `synthesize` throws
 */
export function providersOf(environments: unknown): RootModule {
  const outdir = mkdtempSync(join(tmpdir(), "lock-"));
  try {
    const modules = synthesize(environments, { outdir }).map(
      ({ path }) => JSON.parse(readFileSync(path, "utf8")) as RootModule,
    );
    return merged(modules);
  } finally {
    rmSync(outdir, { recursive: true, force: true });
  }
}

/** @throws LockError `ERR_LOCK_CONFLICT` when two modules require different versions of a provider */
export function merged(modules: readonly RootModule[]): RootModule {
  const all: Record<string, { source: string; version: string }> = {};
  for (const { terraform } of modules) {
    for (const { source, version } of Object.values(terraform.required_providers)) {
      // The key is the source, because modules may use different names for the same provider.
      const name = source.replaceAll(/[^a-z0-9-]/gi, "-");
      const other = all[name]?.version ?? version;
      if (other !== version) {
        throw new LockError(
          "ERR_LOCK_CONFLICT",
          `${source}: the environments require ${other} and ${version}; a lock file has one version`,
        );
      }
      all[name] = { source, version };
    }
  }
  return { terraform: { required_providers: all } };
}
