/** Where npm reads the version of the repository or of its package. */
export const VERSION_FILES = ["package.json", "runtime/package.json", "package-lock.json"];

interface Versioned {
  version?: string;
  readonly packages?: Readonly<Record<string, { version?: string } | undefined>>;
}

/** The parts of a lock file that tell it: the root once more, and the package. */
const OWN_PACKAGES = ["", "runtime"];

const partsOf = (json: Versioned): { version?: string }[] => [
  json,
  ...OWN_PACKAGES.flatMap((name) => json.packages?.[name] ?? []),
];

/** Each version that a file tells. */
export const versionsIn = (text: string): string[] =>
  partsOf(JSON.parse(text) as Versioned).map(({ version = "none" }) => version);

/** The file with another version, written as npm writes it. */
export function withVersion(text: string, version: string): string {
  const json = JSON.parse(text) as Versioned;
  for (const part of partsOf(json)) part.version = version;
  return `${JSON.stringify(json, undefined, 2)}\n`;
}
