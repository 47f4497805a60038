/** Which containers of a task are frozen: each until no cause is left that froze it. */
export class FrozenContainers {
  readonly #causes = new Map<string, ReadonlySet<string>>();

  freeze(cause: string, names: readonly string[]): void {
    this.#causes.set(cause, new Set(names));
  }

  thaw(cause: string): void {
    this.#causes.delete(cause);
  }

  has(name: string): boolean {
    return [...this.#causes.values()].some((names) => names.has(name));
  }
}
