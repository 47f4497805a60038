import { existsSync } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import type { FileMount } from "../machine/image-root.ts";
import { HarnessError } from "../base/errors.ts";
import type { Platform } from "../machine/platform.ts";
import type { Plan } from "../terraform/plan/plan.ts";
import type { ContainerContext } from "./container-context.ts";
import type { ContainerView } from "./container-view.ts";

const HOSTS = "/etc/hosts";

/**
 * The environment variables that Docker sets for links, with the address and ports on this machine.
 * https://docs.docker.com/engine/network/links/#environment-variables
 */
export function linkVariables(
  container: string,
  { links }: Pick<ContainerView, "links">,
): Record<string, string> {
  const variables = links.flatMap(({ alias, ports, programAddress: address }) => {
    const prefix = alias.toUpperCase().replaceAll(/\W/g, "_");
    const [lowest] = ports.toSorted((one, other) => one.containerPort - other.containerPort);
    return [
      [`${prefix}_NAME`, `/${container}/${alias}`],
      ...(lowest ? [[`${prefix}_PORT`, `tcp://${address}:${lowest.listenPort}`]] : []),
      ...ports.flatMap(({ containerPort, listenPort }) => [
        [`${prefix}_PORT_${containerPort}_TCP`, `tcp://${address}:${listenPort}`],
        [`${prefix}_PORT_${containerPort}_TCP_ADDR`, address],
        [`${prefix}_PORT_${containerPort}_TCP_PORT`, String(listenPort)],
        [`${prefix}_PORT_${containerPort}_TCP_PROTO`, "tcp"],
      ]),
    ];
  });
  return Object.fromEntries(variables) as Record<string, string>;
}

/**
 * Writes a hosts file with the names of a container's links and of Service Connect. It is mounted over the container's
 * /etc/hosts.
 * @param file to write
 * @param hosts this machine's /etc/hosts
 */
export async function linkHosts(
  file: string,
  { links, names }: Pick<ContainerContext, "links" | "names">,
  hosts = HOSTS,
): Promise<readonly FileMount[]> {
  // A file can only be mounted over an existing one.
  const own = hostLines({ links, names });
  if (own.length === 0 || !existsSync(hosts)) return [];
  const machine = await readFile(hosts, "utf8");
  // The first line with a name wins.
  await writeFile(file, [...own, machine].join("\n"));
  return [{ file, at: hosts }];
}

/** The lines of a hosts file with the names of a container's links and of Service Connect. */
export function hostLines({
  links,
  names,
}: Pick<ContainerContext, "links" | "names">): readonly string[] {
  const linked = links.flatMap(({ alias, hostname, address }) =>
    [alias, ...(hostname === undefined ? [] : [hostname])].map((name) => ({ name, address })),
  );
  return [...linked, ...names].map(({ name, address }) => `${address}\t${name}`);
}

/**
 * @throws HarnessError ERR_PLATFORM with a container that has `extraHosts`, if this machine does not allow to mount its
 * `/etc/hosts`
 */
export async function checkExtraHosts(
  { taskDefinitions }: Plan,
  platform: () => Pick<Platform, "pidNamespaces"> | Promise<Pick<Platform, "pidNamespaces">>,
): Promise<void> {
  for (const { address, containers } of taskDefinitions.values()) {
    const container = containers.find(({ extraHosts }) => extraHosts.length > 0);
    if (container === undefined || (await platform()).pidNamespaces) continue;
    const message = `${address} (${container.name}).extraHosts: they require root on this machine, because they are in each container's own /etc/hosts`;
    throw new HarnessError("ERR_PLATFORM", message);
  }
}
