import type { LocalEcs, Plan } from "../../ecs/index.ts";

/** The addresses of tasks without a load balancer, with one line per published port. */
export function publishedPorts(
  { services, hosts }: Pick<LocalEcs, "services" | "hosts">,
  plan: Plan,
): string {
  const open = services.filter(
    ({ resource }) =>
      plan.services.find(({ address }) => address === resource)?.targets.length === 0,
  );
  const lines = open.flatMap(({ name, tasks }) =>
    tasks
      .filter(({ status }) => status === "RUNNING")
      .flatMap(({ host, address, containers }) => {
        const at = address ?? hosts.find(({ id }) => id === host)?.address ?? "";
        return containers.flatMap((container) =>
          container.ports.map(
            ({ containerPort, hostPort }) =>
              `  ${name.padEnd(14)} ${container.name}, port ${containerPort}: ${at}:${hostPort}`,
          ),
        );
      }),
  );
  return lines.length > 0 ? `${lines.join("\n")}\n` : "";
}
