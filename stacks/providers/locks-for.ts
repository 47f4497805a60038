import { LockError } from "./lock-error.ts";
import type { LockedProvider, ProviderLock } from "./lock-file.ts";
import { requiredProviders, type RootModule } from "./required-providers.ts";

/**
 * The lock of each root module: the providers that it requires and no other, since
 * `init -lockfile=readonly` refuses a lock file that has more.
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

/** The entries that a module requires, and in words what is missing. */
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
  const wanted = `${address}: required is ${version}`;
  if (locked === undefined) return `${wanted}, not in the file`;
  if (locked.version !== version) return `${wanted}, locked is ${locked.version}`;
  return `${wanted}, locked is one for the constraints ${locked.constraints}`;
}

function stale({ tool }: ProviderLock, names: ReadonlyMap<string, readonly string[]>): LockError {
  const lines = [...names].map(([missing, environments]) => {
    return `  ${environments.join(", ")}: ${missing}`;
  });
  return new LockError(
    "ERR_LOCK_STALE",
    [
      `${tool.lockFile} does not fit the stacks; nothing was written:`,
      ...lines,
      `renew it with npm run lock, which needs ${tool.name} (docs/support.md)`,
    ].join("\n"),
  );
}
