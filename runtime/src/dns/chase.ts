import { canonicalName } from "../base/name.ts";
import { MAX_ALIASES, type QuestionType, endlessAliases, findRecords } from "./message.ts";
import { type QueryOptions, query } from "./query.ts";

/**
 * Asks for the records of a name. Follows aliases whose target is not in the reply, as not every server does
 * this itself.
 *
 * @returns the records, which may be none, their minimum TTL in seconds, and the last reply
 * @throws {AggregateError} with one error per server when none answers
 */
export async function chase<K extends QuestionType>(name: string, type: K, options: QueryOptions) {
  let asked = name;
  let ttl = Number.POSITIVE_INFINITY;
  for (let aliases = 0; aliases <= MAX_ALIASES; aliases++) {
    const reply = await query({ name: asked, type }, options);
    const found = findRecords(reply, asked, type);
    ttl = Math.min(ttl, found.ttl);
    const isAlias = found.records.length === 0 && found.owner !== canonicalName(asked);
    // A server that followed the alias itself and found nothing adds an SOA record.
    if (!isAlias || reply.authorities.some((record) => record.type === "SOA")) {
      return { reply, records: found.records, ttl };
    }
    asked = found.owner;
  }
  throw endlessAliases(name);
}
