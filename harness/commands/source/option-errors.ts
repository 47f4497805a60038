import { HarnessError } from "../../ecs/index.ts";
import { oneLine, UsageError } from "../../../command-line/options.ts";

/** Adds the option --template to an error in the template's content. */
export function asTemplateError(error: unknown): unknown {
  const rewritten = asOptionError(error);
  if (!(rewritten instanceof HarnessError) || rewritten.code !== "ERR_TEMPLATE") return rewritten;
  return new UsageError(`error: option --template: ${oneLine(rewritten.message)}`, {
    cause: error,
  });
}

/** Options of the local ECS in its error messages, and the matching command-line options. */
const TERMS: readonly (readonly [RegExp, string])[] = [
  [/give one in the option secrets or parameters/g, "give one with --secret NAME=TEXT"],
  [/give one in the option parameters/g, "give one with --parameter NAME=TEXT"],
  [/give a local value in the option attributes/g, "give one with --value ADDRESS=TEXT"],
  [/local values in the option attributes: (.*)/g, "local values with --value ADDRESS=TEXT: $1"],
  [/name one in the option resolve, "(.*?)"(?=$|\n)/gm, "give one with --resolve '$1=ADDRESS'"],
  [
    /give the folder of the plan's \.tf files in the option configuration/g,
    "give the folder of the plan's .tf files with --configuration FOLDER",
  ],
  [/^option configuration: /gm, "option --configuration: "],
  [/^option resolve: /gm, "option --resolve: "],
  [
    /Name it with (\w+)=SERVICE\/CONTAINER in the option role/g,
    "Name it with --role $1=SERVICE/CONTAINER",
  ],
  [/^option role, (\w+): /gm, "option --role $1: "],
  [/Give your own app with the option image/g, "Give your own app with --image NAME=COMMAND"],
  [/give its name in the option namespaces/g, "give its name with --namespace ID=NAME"],
  [/give it in the image's users, \{ "([^"]+)": "([^"]+)" \}/g, "give it with --user $1=$2"],
];

/** Rewrites an error of the local ECS for the command line. It becomes a usage error if an option solves it. */
export function asOptionError(error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  const rewritten = TERMS.reduce(
    (text, [pattern, term]) => text.replaceAll(pattern, term),
    error.message,
  );
  return rewritten === error.message
    ? error
    : new UsageError(`error: ${rewritten}`, { cause: error });
}
