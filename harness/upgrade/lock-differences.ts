import { existsSync, readFileSync } from "node:fs";

/** The packages that determine the synthesis. */
const DECIDING = ["cdktf", "constructs", "@cdktf/provider-aws", "zod"];

interface Lock {
  readonly packages?: Readonly<Record<string, { readonly version?: string } | undefined>>;
}

/** The packages of the synthesis that have another version in the old lock file. */
export function differingPackages(present: string, old: string): string[] {
  const [now, then] = [present, old].map(read);
  return DECIDING.filter((name) => {
    const versions = [now, then].map((lock) => lock?.packages?.[`node_modules/${name}`]?.version);
    return versions[0] !== versions[1];
  });
}

const read = (path: string): Lock =>
  existsSync(path) ? (JSON.parse(readFileSync(path, "utf8")) as Lock) : {};
