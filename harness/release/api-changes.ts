import type { Api, ApiMember, ApiName } from "../reference/api.ts";
import { inputsOf } from "./api-inputs.ts";
import { declared } from "./declared.ts";
import type { Level } from "./version.ts";

/** What has changed in the public names of the package. */
export interface ApiChange {
  /** What it asks of the next version. */
  readonly level: Exclude<Level, "patch">;
  /** One line: `srv-dialer/http: srvAgent is gone`. */
  readonly text: string;
}

/** The changes from one version of the package to the next: first those that break what users wrote. */
export function compareApi(old: Api, next: Api): ApiChange[] {
  const inputs = inputsOf(old);
  const [before, after] = [old, next].map(
    ({ entries }) => new Map(entries.map(({ entry, names }) => [entry, byName(names)])),
  );
  const changes = pairs(before, after).flatMap(({ key: entry, old: was, next: is }) =>
    was !== undefined && is !== undefined
      ? pairs(was, is).flatMap((pair) =>
          changesOfName(pair, inputs).map((change) => ofEntry(entry, change)),
        )
      : [ofEntry(entry, thereOrGone(was, "the entry"))],
  );
  return changes.toSorted((one, other) => rank(one) - rank(other));
}

const rank = ({ level }: ApiChange): number => (level === "major" ? 0 : 1);

const ofEntry = (entry: string, { level, text }: ApiChange): ApiChange => ({
  level,
  text: `${entry}: ${text}`,
});

const major = (text: string): ApiChange => ({ level: "major", text });
const minor = (text: string): ApiChange => ({ level: "minor", text });

const thereOrGone = (was: unknown, what: string): ApiChange =>
  was === undefined ? minor(`${what} is new`) : major(`${what} is gone`);

function changesOfName(
  { key, old, next }: Pair<ApiName>,
  inputs: ReadonlySet<string>,
): ApiChange[] {
  if (old === undefined || next === undefined) return [thereOrGone(old, key)];
  if (old.kind !== next.kind)
    return [major(`${key} was of the kind ${old.kind}, and is ${next.kind}`)];
  if (old.signature === next.signature && old.members.length === 0) return [];
  const changes = pairs(byName(old.members), byName(next.members)).flatMap((pair) =>
    changesOfMember(key, pair, inputs.has(key) && old.kind !== "class"),
  );
  const [was, is] = [declared(old), declared(next)];
  return was === is ? changes : [major(`${key} was ${was}, and is ${is}`), ...changes];
}

function changesOfMember(
  owner: string,
  { key, old, next }: Pair<ApiMember>,
  isInput: boolean,
): ApiChange[] {
  const name = `${owner}.${key}`;
  if (old !== undefined && next !== undefined) {
    return old.signature === next.signature
      ? []
      : [major(`${name} was ${old.signature}, and is ${next.signature}`)];
  }
  // Who gives such an object has none of the new member.
  const isMissed = isInput && next?.isOptional === false;
  return [isMissed ? major(`${name} is new and not optional`) : thereOrGone(old, name)];
}

interface Pair<Value> {
  readonly key: string;
  readonly old: Value | undefined;
  readonly next: Value | undefined;
}

function pairs<Value>(
  old: ReadonlyMap<string, Value> = new Map(),
  next: ReadonlyMap<string, Value> = new Map(),
): Pair<Value>[] {
  const keys = [...new Set([...old.keys(), ...next.keys()])].toSorted();
  return keys.map((key) => ({ key, old: old.get(key), next: next.get(key) }));
}

const byName = <Named extends { readonly name: string }>(all: readonly Named[]) =>
  new Map(all.map((each) => [each.name, each]));
