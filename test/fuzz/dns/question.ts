import { type Query, buildQuery } from "../../../runtime/src/dns/message.ts";

/** The name that every input is a reply about. */
export const NAME = "dev-redis.dev-ecs";
/** The id that inputs have; a server puts the one of the query that it got in its place. */
export const ID = 0x2a2a;

/** Where the question begins: behind the header. */
export const QUESTION_AT = 12;
/** Two labels with their lengths, and the root. */
const NAME_BYTES = NAME.length + 2;
const TYPE_AT = QUESTION_AT + NAME_BYTES;
/** Where the records begin: after name, type and class of the question. */
export const RECORDS_AT = TYPE_AT + 4;

export const TYPES = { A: 1, AAAA: 28, SRV: 33 } as const;
export type AskedType = keyof typeof TYPES;

/** The query that an input answers best: for the type that its question has, if it has one. */
export function askedBy(input: Buffer): AskedType {
  const type = input.length < TYPE_AT + 2 ? TYPES.SRV : input.readUInt16BE(TYPE_AT);
  if (type === TYPES.A) return "A";
  return type === TYPES.AAAA ? "AAAA" : "SRV";
}

export const QUERIES: Readonly<Record<AskedType, Query>> = {
  A: queryFor("A"),
  AAAA: queryFor("AAAA"),
  SRV: queryFor("SRV"),
};

/** A query of the package, with an id that is no random one. */
function queryFor(type: AskedType): Query {
  const query = buildQuery({ name: NAME, type }, { edns: true });
  query.bytes.writeUInt16BE(ID, 0);
  return { ...query, id: ID };
}
