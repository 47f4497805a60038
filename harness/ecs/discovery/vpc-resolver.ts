import { authorityFor, type Zone } from "./dns-authority.ts";
import { cachingResolver, type CachingResolver } from "./dns-cache.ts";
import type { DnsResponder } from "./dns-records.ts";

/** The VPC's resolver: a cache in front of the authority for its private zones. */
export class VpcResolver {
  readonly respond: DnsResponder;
  readonly #cache: CachingResolver;
  readonly #zones: () => readonly Zone[];
  #others: readonly Zone[] | undefined;

  /** @param soaTtl seconds that negative answers are cached */
  constructor(zones: () => readonly Zone[], soaTtl: number) {
    this.#zones = zones;
    const authority = authorityFor(() => this.#others ?? zones(), soaTtl);
    this.#cache = cachingResolver(authority);
    this.respond = this.#cache.respond;
  }

  /** Empties the cache. */
  flush(): void {
    this.#cache.flush();
  }

  /** Keeps the current records of the zones until {@link follow}, whatever changes. */
  freeze(): void {
    const held = this.#zones().map(({ name, records }) => ({ name, records: records() }));
    this.#others = held.map(({ name, records }) => ({ name, records: () => records }));
  }

  /** Replaces the zones with these names by empty zones, until {@link follow}. */
  empty(names: ReadonlySet<string>): void {
    this.#others = this.#zones().map((zone) =>
      names.has(zone.name) ? { name: zone.name, records: () => [] } : zone,
    );
  }

  /** Uses the current zones again. */
  follow(): void {
    this.#others = undefined;
  }
}
