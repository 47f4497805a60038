import { Argument } from "commander";
import { isVersion } from "../release/version.ts";
import { command, parse, UsageError } from "../../command-line/options.ts";

/** What `npm run release` is asked for. */
export interface ReleaseOptions {
  readonly version: string;
  /** Everything is told and nothing changed. */
  readonly isDryRun: boolean;
  /** Whether the checks run. */
  readonly isChecked: boolean;
}

const releaseCommand = () =>
  command("npm run release --", "Checks, writes, commits and tags a release. It pushes nothing.")
    .addArgument(new Argument("[version]", "three numbers, such as 1.2.0"))
    .option("--dry-run", "tells all of it, and changes nothing")
    .option("--no-checks", "with --dry-run: runs no checks, which take about half an hour");

/** @throws UsageError; CommanderError with the exit code 0 after a help text */
export function releaseOptions(args: readonly string[]): ReleaseOptions {
  const program = releaseCommand();
  const { dryRun: isDryRun = false, checks: isChecked } = parse(program, args) as {
    dryRun?: boolean;
    checks: boolean;
  };
  const [version] = program.args;
  if (version === undefined) throw new UsageError(`error: no version; ${ALLOWED}`);
  if (!isVersion(version)) throw new UsageError(`error: version '${version}'; ${ALLOWED}`);
  if (!isChecked && !isDryRun) {
    throw new UsageError(
      "error: --no-checks is allowed with --dry-run alone: a release is checked",
    );
  }
  return { version, isDryRun, isChecked };
}

const ALLOWED = "allowed is X.Y.Z, three whole numbers without v, such as 1.2.0";
