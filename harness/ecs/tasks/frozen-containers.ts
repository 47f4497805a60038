/** The frozen containers of a task. A container stays frozen until every cause has ended. */
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
