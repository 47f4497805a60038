import { isVersion, tagOf } from "./version.ts";

const UNRELEASED = "## [Unreleased]";

/** What becomes of the section "Unreleased". */
export interface ChangelogRelease {
  readonly version: string;
  /** YYYY-MM-DD. */
  readonly date: string;
  /** The version before; undefined for the first release. */
  readonly last: string | undefined;
  /** What the upgrade from the last release does to environments, in Markdown; undefined for the first release. */
  readonly upgrade: string | undefined;
  /** The page of the repository, for the links; undefined where nobody knows it. */
  readonly page: string | undefined;
}

/** The newest version that CHANGELOG has a section of. */
export const newestIn = (changelog: string): string | undefined =>
  Array.from(changelog.matchAll(/^## \[([\d.]+)\]/gm), ([, version = ""]) => version).find(
    isVersion,
  );

/** Whether CHANGELOG tells of nothing that is not released. */
export const tellsNothing = (changelog: string): boolean =>
  sectionOf(changelog, "Unreleased")
    .split("\n")
    .every((line) => line.trim() === "" || line.startsWith("#"));

/** What CHANGELOG says of a version; "" where it says nothing. */
export function sectionOf(changelog: string, name: string): string {
  const [, ...sections] = withoutLinks(changelog).split(/^## (?=\[)/m);
  const section = sections.find((each) => each.startsWith(`[${name}]`)) ?? "";
  return section.split("\n").slice(1).join("\n").trim();
}

/** CHANGELOG after a release: its section has the version, a new one is empty. */
export function releasedChangelog(changelog: string, release: ChangelogRelease): string {
  const { version, date, last, upgrade, page } = release;
  if (!changelog.includes(`${UNRELEASED}\n`)) throw new Error(`the page has no ${UNRELEASED}`);
  const heading = [UNRELEASED, `## [${version}] - ${date}`];
  const table =
    last === undefined || upgrade === undefined ? [] : [upgradeIntroduction(last), upgrade];
  const sections = withoutLinks(changelog)
    .replace(UNRELEASED, () => [...heading, ...table].join("\n\n"))
    .trimEnd();
  const links = page === undefined ? linksIn(changelog) : newLinks(changelog, release, page);
  return `${[sections, ...(links.length === 0 ? [] : [links.join("\n")])].join("\n\n")}\n`;
}

const upgradeIntroduction = (last: string): string =>
  `The upgrade from ${last} changes in the environments of this repository ([docs/upgrades.md](docs/upgrades.md)):`;

/** The lines at the end, which give headings their links. */
const LINK = /^\[[\w.]+\]: \S+$/;

const linksIn = (changelog: string): string[] =>
  changelog.split("\n").filter((line) => LINK.test(line));

const withoutLinks = (changelog: string): string =>
  changelog
    .split("\n")
    .filter((line) => !LINK.test(line))
    .join("\n");

function newLinks(
  changelog: string,
  { version, last }: ChangelogRelease,
  page: string,
): readonly string[] {
  const own =
    last === undefined
      ? `releases/tag/${tagOf(version)}`
      : `compare/${tagOf(last)}...${tagOf(version)}`;
  return [
    `[Unreleased]: ${page}/compare/${tagOf(version)}...HEAD`,
    `[${version}]: ${page}/${own}`,
    ...linksIn(changelog).filter((line) => !line.startsWith("[Unreleased]")),
  ];
}
