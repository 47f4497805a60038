import { LockError } from "./lock-error.ts";
import type { LockedProvider, ProviderLock } from "./lock-file.ts";
import { requiredProviders, type RootModule } from "./required-providers.ts";

/**
 * Returns the lock of each root module. It has only the providers that the module requires, because
 * `init -lockfile=readonly` refuses a lock file with others.
 *
 * @param modules by environment
 * @throws LockError `ERR_LOCK_STALE`
 */
export function locksFor<Environment extends { readonly name: string }>(
  modules: ReadonlyMap<Environment, RootModule>,
  lock: ProviderLock,
): ReadonlyMap<Environment, ProviderLock> {
  const names = new Map<string, string[]>();
  const locks = new Map<Environment, ProviderLock>();
  for (const [environment, module] of modules) {
    const { providers, missing } = lockFor(module, lock);
    locks.set(environment, { ...lock, providers });
    for (const each of missing) names.set(each, [...(names.get(each) ?? []), environment.name]);
  }
  if (names.size > 0) throw stale(lock, names);
  return locks;
}

/** The entries that a module requires, and descriptions of the missing ones. */
export function lockFor(module: RootModule, lock: ProviderLock) {
  const providers = new Map<string, LockedProvider>();
  const missing: string[] = [];
  for (const [address, version] of requiredProviders(module, lock.tool)) {
    const locked = lock.providers.get(address);
    if (isLockOf(version, locked)) providers.set(address, locked);
    else missing.push(describe(address, version, locked));
  }
  return { providers, missing };
}

function isLockOf(version: string, locked: LockedProvider | undefined): locked is LockedProvider {
  return locked?.version === version && (locked.constraints ?? version) === version;
}

function describe(address: string, version: string, locked: LockedProvider | undefined): string {
  const wanted = `${address}: required ${version}`;
  if (locked === undefined) return `${wanted}, not in the file`;
  if (locked.version !== version) return `${wanted}, locked ${locked.version}`;
  return `${wanted}, locked for the constraints ${locked.constraints}`;
}

function stale({ tool }: ProviderLock, names: ReadonlyMap<string, readonly string[]>): LockError {
  const lines = [...names].map(([missing, environments]) => {
    return `  ${environments.join(", ")}: ${missing}`;
  });
  return new LockError(
    "ERR_LOCK_STALE",
    [
      `${tool.lockFile} does not match the stacks; nothing was written:`,
      ...lines,
      `run npm run lock to update it; this needs ${tool.name} (docs/support.md)`,
    ].join("\n"),
  );
}
