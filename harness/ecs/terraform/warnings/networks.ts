import type { Plan, ServicePlan } from "../plan/plan.ts";
import { recordsIn } from "../expression/values.ts";
import { type Found, textsIn, type Values } from "./found.ts";

/** Where connections come from, or go to. */
export interface Network {
  /** The security groups of each place; empty if they are not known. One of the places is enough. */
  readonly places: readonly (readonly string[])[];
  /** Whether all is on the only host, inside of which no rule applies. */
  readonly isOneHost: boolean;
}

/** The network of a service: that of its tasks, or of the hosts. */
export function networkOf(
  { address, taskDefinition }: ServicePlan,
  { taskDefinitions }: Plan,
  found: Found,
): Network {
  if (taskDefinitions.get(taskDefinition)?.networkMode !== "awsvpc") return hostsIn(found);
  const [own = {}] = recordsIn(found.at(address)["network_configuration"]);
  return { places: [textsIn(own["security_groups"])], isOneHost: false };
}

/** The network of a load balancer. */
export const balancerNetwork = (address: string, found: Found): Network => ({
  places: [textsIn(found.at(address)["security_groups"])],
  isOneHost: false,
});

/** The hosts of all groups: some may be of another cluster. */
function hostsIn(found: Found): Network {
  const groups = found.all("aws_autoscaling_group").map(({ values }) => values);
  return {
    places: groups.map((group) => {
      const launch = launchOf(group, found);
      const interfaces = recordsIn(launch["network_interfaces"]);
      return [
        launch["vpc_security_group_ids"],
        launch["security_groups"],
        ...interfaces.map((each) => each["security_groups"]),
      ].flatMap(textsIn);
    }),
    isOneHost: groups.length === 1 && groups[0]?.["max_size"] === 1,
  };
}

/** The launch template or configuration of a group. */
function launchOf(group: Values, found: Found): Values {
  const [mixed = {}] = recordsIn(group["mixed_instances_policy"]);
  const [{ launch_template_specification: specification } = {}] = recordsIn(
    mixed["launch_template"],
  );
  const names = [...recordsIn(group["launch_template"]), ...recordsIn(specification)]
    .flatMap(({ id, name, launch_template_id, launch_template_name }) => [
      id,
      name,
      launch_template_id,
      launch_template_name,
    ])
    .concat(group["launch_configuration"]);
  const all = [...found.all("aws_launch_template"), ...found.all("aws_launch_configuration")];
  const own = all.find(({ values: { id, name } }) =>
    textsIn(names).some((each) => each === id || each === name),
  );
  return own?.values ?? {};
}
