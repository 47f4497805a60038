import semver from "semver";

/** What a change asks of the next version, as Semantic Versioning has it from 1.0.0 on. */
export type Level = "major" | "minor" | "patch";

/** The form of a version that is released: without `v`, a suffix or zeros in front. */
export const isVersion = (text: string): boolean =>
  /^\d+\.\d+\.\d+$/.test(text) && semver.valid(text) === text;

export const tagOf = (version: string): string => `v${version}`;

export const isGreater = (version: string, other: string): boolean => semver.gt(version, other);

/** The highest of some versions; undefined of none. */
export const highest = (versions: readonly string[]): string | undefined =>
  semver.rsort([...versions])[0];

/**
 * The least version that may follow another one. Before 1.0.0 a change that breaks raises the minor version, since
 * npm takes `^0.1.0` as `0.1.x`.
 */
export function leastAfter(version: string, level: Level): string {
  const before1 = level === "major" ? "minor" : "patch";
  const next = semver.inc(version, semver.major(version) === 0 ? before1 : level);
  if (next === null) throw new Error(`${version} is no version`);
  return next;
}
