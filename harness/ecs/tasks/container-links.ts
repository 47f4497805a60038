import type { ContainerView } from "./container-view.ts";

/**
 * The variables that Docker gives a container for its links, with the address and ports on this machine.
 * https://docs.docker.com/engine/network/links/#environment-variables
 */
export function linkVariables(
  container: string,
  { links, address }: Pick<ContainerView, "links" | "address">,
): Record<string, string> {
  const variables = links.flatMap(({ alias, ports }) => {
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
