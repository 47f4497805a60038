import { linuxParameters } from "../../stacks/ecs/container-definition.ts";
import { execChannels } from "../../stacks/ecs/task-roles.ts";
import { quoted } from "./conditions.ts";

// ECS Exec as an input. The constructs are created with ECS Exec, and these replacements make it optional.

const writable = linuxParameters({ readonlyRootFilesystem: false });
const readonly = linuxParameters({ readonlyRootFilesystem: true });

/** Locals with the text for ECS Exec on or off. */
export const execLocals = {
  exec_statement: `\${var.exec ? ${quoted(`,${JSON.stringify(execChannels)}`)} : ""}`,
  linux_parameters: `\${var.exec ? ${quoted(JSON.stringify(writable))} : ${quoted(JSON.stringify(readonly))}}`,
};

/** Replacements in policies. */
export const execStatements = {
  [`,${JSON.stringify(execChannels)}`]: "${local.exec_statement}",
};

/** Replacements in container definitions: the root file system is read-only unless ECS Exec is on. */
export const execContainers = {
  [`"readonlyRootFilesystem":false,"linuxParameters":${JSON.stringify(writable)}`]:
    '"readonlyRootFilesystem":${var.exec == false},"linuxParameters":${local.linux_parameters}',
};
