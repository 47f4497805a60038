import { answersOf } from "../answers/answers.ts";
import type { Addresses, Source } from "../answers/source.ts";
import type { Lifetime } from "../base/lifetime.ts";
import { targetKey } from "../base/name.ts";
import type { Endpoint } from "./attempt.ts";

/**
 * Whether the records lead to an endpoint, as far as is known: they name its target, whose host has its
 * address. True as well while there are no records, or expired ones alone.
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

/** True as well where a lookup fails, or nothing is found. */
async function hasAddress({ known, lookups }: Addresses, { address }: Endpoint): Promise<boolean> {
  const results = await Promise.allSettled(lookups);
  // What failed might have found it.
  const found = results.flatMap((each) => (each.status === "fulfilled" ? each.value : address));
  const all = [...known, ...found];
  return all.length === 0 || all.includes(address);
}
