import { command, parse, UsageError } from "../../command-line/options.ts";

/** What `npm run artifacts` is asked for. */
export interface ArtifactsOptions {
  /** The tag that is released. */
  readonly tag: string;
}

const artifactsCommand = () =>
  command(
    "npm run artifacts --",
    "Packs a tagged release into artifacts/, as the workflow does.",
  ).argument(
    "[tag]",
    "the tag of the release, such as v1.2.0; its version must be that of the files",
  );

/** @throws UsageError; CommanderError with the exit code 0 after a help text */
export function artifactsOptions(args: readonly string[]): ArtifactsOptions {
  const program = artifactsCommand();
  parse(program, args);
  const [tag] = program.args;
  if (tag === undefined) throw new UsageError("error: no tag; allowed is vX.Y.Z, such as v1.2.0");
  return { tag };
}
