import { resolve } from "node:path";
import { pathToFileURL } from "node:url";

/**
 * What a file such as `environments.ts` exports. The commands of this folder are given its path: it
 * imports the stacks, which do not import it.
 *
 * @throws Error when there is no path, or no export `environments`
 */
export async function loadEnvironments(file: string | undefined): Promise<object> {
  if (file === undefined) throw new Error("which file? allowed: the path of environments.ts");
  const { environments } = (await import(pathToFileURL(resolve(file)).href)) as {
    environments?: object;
  };
  if (environments === undefined) throw new Error(`${file} exports no environments`);
  return environments;
}
