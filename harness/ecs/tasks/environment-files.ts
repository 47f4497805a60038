import { readFile } from "node:fs/promises";
import { HarnessError } from "../base/errors.ts";
import type { Plan } from "../terraform/plan/plan.ts";

/** Paths of files in place of objects in S3, by an object's ARN or the last part of it. */
export type EnvironmentFiles = Readonly<Record<string, string>>;

/** The last part of an object's ARN, which is known even if that of its bucket is not. */
const lastPartOf = (arn: string): string => arn.split("/").at(-1) ?? arn;

const fileFor = (files: EnvironmentFiles, arn: string): string | undefined =>
  files[arn] ?? files[lastPartOf(arn)];

/** @throws HarnessError ERR_UNSUPPORTED with a container's environment file that has no local one */
export function checkEnvironmentFiles({ taskDefinitions }: Plan, files: EnvironmentFiles): void {
  for (const { address, containers } of taskDefinitions.values()) {
    for (const { name, environmentFiles } of containers) {
      const missing = environmentFiles.find((arn) => fileFor(files, arn) === undefined);
      if (missing === undefined) continue;
      const message = `${address} (${name}).environmentFiles: ${missing} is in S3; give a local file`;
      const hint = { option: "environmentFiles", name: lastPartOf(missing) } as const;
      throw new HarnessError("ERR_UNSUPPORTED", message, { hint });
    }
  }
}

/**
 * The variables of environment files, as ECS' agent reads them. The first file with a variable wins.
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/use-environment-file.html
 */
export async function environmentIn(
  arns: readonly string[],
  files: EnvironmentFiles,
): Promise<Record<string, string>> {
  const texts = await Promise.all(arns.map((arn) => readFile(fileFor(files, arn) ?? arn, "utf8")));
  return Object.assign({}, ...texts.map(variablesIn).toReversed()) as Record<string, string>;
}

/** Quotes and spaces belong to the value. `NAME=` is an empty value. A line without a name or a sign is ignored. */
function variablesIn(text: string): Record<string, string> {
  const lines = text.split(/\r?\n/).filter((line) => !line.startsWith("#"));
  const pairs = lines.map((line) => /^([^=]+)=(.*)$/.exec(line)?.slice(1) ?? []);
  return Object.fromEntries(pairs.filter(({ length }) => length > 0)) as Record<string, string>;
}
