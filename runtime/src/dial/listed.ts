import { answersOf } from "../answers/answers.ts";
import type { Addresses, Source } from "../answers/source.ts";
import type { Lifetime } from "../base/lifetime.ts";
import { targetKey } from "../base/name.ts";
import type { Endpoint } from "./attempt.ts";

/**
 * Whether an endpoint is still in the records: they name its target, and the target's host has its
 * address. Also true if there are no records, or only expired ones.
 */
export async function isListed(
  sources: readonly Source[],
  endpoint: Endpoint,
  lifetime: Lifetime,
): Promise<boolean> {
  const key = targetKey(endpoint);
  let hasAnswer = false;
  for await (const { source, targets, origin } of answersOf(sources, { lifetime, misses: [] })) {
    if (origin === "stale") continue;
    hasAnswer = true;
    const target = targets.find((each) => targetKey(each) === key);
    if (
      target !== undefined &&
      (await hasAddress(source.addressesOf(target, lifetime), endpoint))
    ) {
      return true;
    }
  }
  return !hasAnswer;
}

/** Also true if a lookup fails, or finds nothing. */
async function hasAddress({ known, lookups }: Addresses, { address }: Endpoint): Promise<boolean> {
  const results = await Promise.allSettled(lookups);
  // A failed lookup might have found it.
  const found = results.flatMap((each) => (each.status === "fulfilled" ? each.value : address));
  const all = [...known, ...found];
  return all.length === 0 || all.includes(address);
}
