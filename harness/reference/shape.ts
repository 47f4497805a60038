import type { Api, ApiDocs, ApiMember, ApiName } from "./api.ts";

/** A property of a name, as a row of a table has it. */
export interface Property {
  readonly name: string;
  readonly type: string;
  readonly isOptional: boolean;
  /** Users read it. With optional ones beside it, it is what they are given. */
  readonly isReadonly: boolean;
  readonly docs: ApiDocs;
}

const PROPERTY = /^(?:static )?(?:readonly |get )?(?<name>[\w$]+)(?:\(\))?\??: (?<type>.+)$/s;

/** A member as a property; undefined for one that is called. */
export function propertyOf(member: ApiMember): Property | undefined {
  const { name, isOptional, docs } = member;
  if (/^(static )?\w+\??\(/.test(member.signature)) return undefined;
  const type = PROPERTY.exec(member.signature)?.groups?.["type"];
  const isReadonly = member.signature.startsWith("readonly ");
  return type === undefined ? undefined : { name, type, isOptional, isReadonly, docs };
}

export const tagsOf = ({ tags }: ApiDocs, tag: string): string[] =>
  tags.filter(({ name }) => name === tag).map(({ text }) => text);

/** Names of the same package whose members this one has as they are. */
export function basesOf({ signature, members }: ApiName, { entries }: Api): ApiName[] {
  const [, bases = ""] = /^interface \w+ extends ([^{<]+) \{/.exec(signature) ?? [];
  const named = new Set(bases.split(", "));
  const own = new Set(members.map((member) => JSON.stringify(member)));
  return entries
    .flatMap(({ names }) => names)
    .filter((base) => named.has(base.name))
    .filter((base) => base.members.some((member) => own.has(JSON.stringify(member))));
}

/** The members that a name itself declares. */
export function ownMembers(name: ApiName, api: Api): ApiMember[] {
  const inherited = new Set(
    basesOf(name, api).flatMap(({ members }) => members.map((member) => JSON.stringify(member))),
  );
  return name.members.filter((member) => !inherited.has(JSON.stringify(member)));
}
