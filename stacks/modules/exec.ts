import { linuxParameters } from "../ecs/container-definition.ts";
import { execChannels } from "../ecs/task-roles.ts";
import { quoted } from "./conditions.ts";

// ECS Exec as an input: the constructs are made with it, and what differs without it is put in here.

const writable = linuxParameters({ readonlyRootFilesystem: false });
const readonly = linuxParameters({ readonlyRootFilesystem: true });

/** The texts with and without ECS Exec. */
export const execLocals = {
  exec_statement: `\${var.exec ? ${quoted(`,${JSON.stringify(execChannels)}`)} : ""}`,
  linux_parameters: `\${var.exec ? ${quoted(JSON.stringify(writable))} : ${quoted(JSON.stringify(readonly))}}`,
};

/** What the constructs write in policies, and what that is in a module. */
export const execStatements = {
  [`,${JSON.stringify(execChannels)}`]: "${local.exec_statement}",
};

/** The same in a container that writes only to its mounts, unless there is ECS Exec. */
export const execContainers = {
  [`"readonlyRootFilesystem":false,"linuxParameters":${JSON.stringify(writable)}`]:
    '"readonlyRootFilesystem":${var.exec == false},"linuxParameters":${local.linux_parameters}',
};
