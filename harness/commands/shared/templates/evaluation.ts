import { resolve } from "node:path";
import { evaluate } from "../../../ecs/index.ts";
import { HERE } from "../../../../command-line/options.ts";
import type { RunOptions } from "../options/options.ts";

/**
 * The options with what Terraform finds in their folder. The values that the user gives are in it.
 * @throws HarnessError as {@link evaluate}
 */
export async function withEvaluation<
  Options extends Pick<
    RunOptions,
    "terraform" | "var" | "varFile" | "allowProvisioners" | "attribute"
  >,
>(options: Options, signal?: AbortSignal): Promise<Options> {
  const { terraform, var: variables = {}, varFile: files = [], attribute: values } = options;
  if (terraform === undefined) return options;
  console.error(`Terraform evaluates ${terraform} …`);
  const evaluated = await evaluate(resolve(HERE, terraform), {
    variables: [
      ...files.map((file) => `-var-file=${resolve(HERE, file)}`),
      ...Object.entries(variables).map(([name, text]) => `-var=${name}=${text}`),
    ],
    values,
    allowsProvisioners: options.allowProvisioners ?? false,
    ...(signal && { signal }),
  });
  // Kept for the next evaluation.
  return { ...options, evaluated };
}
