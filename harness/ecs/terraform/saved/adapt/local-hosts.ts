import type { Block } from "../../configuration/module.ts";
import { isRecord } from "../../expression/values.ts";
import type { Note } from "../note.ts";

/** What local hosts do otherwise: notes about groups of hosts, and about folders of a host. */
export function notesOnHosts(blocks: readonly Block[]): Note[] {
  const groups = blocks.filter(({ type }) => type === "aws_autoscaling_group");
  const [first, ...more] = groups;
  return [
    ...(first && more.length > 0
      ? [
          {
            address: first.address,
            text: `is one group with ${more.map(({ address }) => address).join(", ")}: each host has the memory of the smallest`,
          },
        ]
      : []),
    ...groups
      .filter(({ arguments: given }) => given["mixed_instances_policy"] !== undefined)
      .map(({ address }) => ({
        address,
        text: "mixes instance types; here each host has the memory of the smallest",
      })),
    ...blocks.flatMap(foldersOf),
  ];
}

function foldersOf({ address, type, arguments: given }: Block): Note[] {
  if (type !== "aws_ecs_task_definition") return [];
  const volumes: unknown[] = [given["volume"] ?? []].flat();
  return volumes.filter(isRecord).flatMap(({ name, host_path: folder, ...others }) => {
    const [docker] = [others["docker_volume_configuration"] ?? []].flat();
    const isShared = isRecord(docker) && docker["scope"] === "shared";
    const what = typeof folder === "string" ? folder : isShared ? "a Docker volume" : undefined;
    if (what === undefined) return [];
    const text = `volume ${String(name)} (${what}) is a folder of this run that all hosts share`;
    return [{ address, text }];
  });
}
