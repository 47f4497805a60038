import { child } from "../configuration/configuration.ts";
import { isRecord } from "../../expression/values.ts";
import type { Block } from "../../configuration/module.ts";
import type { Note } from "../note.ts";
import { notPlayed } from "./unplayed-arguments.ts";

type Fields = Readonly<Record<string, unknown>>;

/** Drivers whose text is in the log file of the container, as it is in AWS. */
const PLAIN_DRIVERS = new Set(["awslogs", "json-file", "none"]);

/** Fields of a container that it runs without, each with the reason. */
export const UNPLAYED_FIELDS: readonly (readonly [field: string, because: string])[] = [
  ["firelensConfiguration", "containers write to local log files"],
  ["interactive", "no one types into a container"],
  ["pseudoTerminal", "no one types into a container"],
];

/** A task definition whose containers can run here, and a note about each thing that is not played. */
export function withPlayableContainers(block: Block): { block: Block; notes: readonly Note[] } {
  const { address, type, arguments: given } = block;
  const text = given["container_definitions"];
  const all = type === "aws_ecs_task_definition" ? containersIn(text) : undefined;
  if (!all) return { block, notes: [] };
  const notes: Note[] = [];
  const say = (name: string, what: string, because: string): void => {
    notes.push(notPlayed(address, `${name}: ${what}`, because));
  };
  const containers = withoutLogRouters(all, say).map((each) => playable(each, say));
  const definitions = JSON.stringify(containers);
  return {
    block: { ...block, arguments: { ...given, container_definitions: definitions } },
    notes,
  };
}

type Say = (name: string, what: string, because: string) => void;

/** Undefined for what is refused later. */
function containersIn(text: unknown): readonly Fields[] | undefined {
  if (typeof text !== "string") return undefined;
  try {
    const parsed: unknown = JSON.parse(text);
    return Array.isArray(parsed) && parsed.every(isRecord) ? parsed : undefined;
  } catch {
    return undefined;
  }
}

const nameOf = ({ name }: Fields): string => String(name);

/** A log router gets its configuration from the agent of ECS. Without it there is nothing to run. */
function withoutLogRouters(containers: readonly Fields[], say: Say): readonly Fields[] {
  const routers = containers.filter(({ firelensConfiguration: own }) => isRecord(own)).map(nameOf);
  const left = containers.filter((each) => !routers.includes(nameOf(each)));
  if (routers.length === 0 || left.every(({ essential }) => essential === false)) return containers;
  for (const name of routers) say(name, "the log router", "containers write to local log files");
  return left.map(({ dependsOn, ...rest }) => ({
    ...withMountsOf(rest, containers, routers),
    ...(Array.isArray(dependsOn) && {
      dependsOn: dependsOn.filter(
        (each) => !routers.includes(String(child(each, "containerName"))),
      ),
    }),
  }));
}

/** A container with the mounts of a log router in its `volumesFrom`, which is left out. */
function withMountsOf(
  container: Fields,
  all: readonly Fields[],
  routers: readonly string[],
): Fields {
  const { volumesFrom, mountPoints } = container;
  if (!Array.isArray(volumesFrom)) return container;
  const inherited = volumesFrom.flatMap((from: unknown) => {
    const source = all.find(
      (each) => routers.includes(sourceOf(from)) && nameOf(each) === sourceOf(from),
    );
    const isReadOnly = child(from, "readOnly") === true;
    return listOf(source?.["mountPoints"]).map((mount) =>
      isRecord(mount) ? { ...mount, readOnly: isReadOnly || mount["readOnly"] === true } : mount,
    );
  });
  return {
    ...container,
    mountPoints: [...listOf(mountPoints), ...inherited],
    volumesFrom: volumesFrom.filter((from: unknown) => !routers.includes(sourceOf(from))),
  };
}

const sourceOf = (from: unknown): string => String(child(from, "sourceContainer"));

const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

function playable(container: Fields, say: Say): Fields {
  const name = nameOf(container);
  const { logConfiguration, portMappings, privileged } = container;
  const driver = child(logConfiguration, "logDriver");
  if (typeof driver === "string" && !PLAIN_DRIVERS.has(driver)) {
    say(name, `the log driver ${driver}`, "containers write to local log files");
  }
  if (privileged === true) {
    say(name, "privileged", "a process has the rights of the user who runs it");
  }
  const ports = listOf(portMappings);
  const udp = ports.filter((each) => child(each, "protocol") === "udp");
  for (const mapping of udp) {
    say(
      name,
      `UDP port ${String(child(mapping, "containerPort"))}`,
      "only TCP ports are published",
    );
  }
  const fields = new Map(UNPLAYED_FIELDS);
  const set = Object.entries(container).filter(
    ([field, value]) => fields.has(field) && isSet(value),
  );
  for (const [field] of set) say(name, field, fields.get(field) ?? "");
  const rest = Object.entries(container).filter(([field]) => !fields.has(field));
  return {
    ...Object.fromEntries(rest),
    ...(udp.length > 0 && { portMappings: ports.filter((each) => !udp.includes(each)) }),
  };
}

const isSet = (value: unknown): boolean =>
  value !== null && value !== false && !(Array.isArray(value) && value.length === 0);
