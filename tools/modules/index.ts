import { moduleJson, type ModuleDefinition } from "./module-definition.ts";
import { readme } from "./readme.ts";
import { discoveredModule } from "./discovered-module.ts";
import { redisModule } from "./redis-module.ts";

/** The Terraform modules of this repository. */
export const modules: readonly ModuleDefinition[] = [redisModule, discoveredModule];

/** The text of the modules' files, by path from the repository's root. */
export function moduleFiles(): Readonly<Record<string, string>> {
  return Object.fromEntries(
    modules.flatMap((module) => [
      [
        `modules/${module.name}/main.tf.json`,
        `${JSON.stringify(moduleJson(module), undefined, 2)}\n`,
      ],
      [`modules/${module.name}/README.md`, readme(module)],
    ]),
  );
}
