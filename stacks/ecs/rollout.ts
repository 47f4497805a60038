/** How a new revision takes the place of an old one. */
export interface RolloutProps {
  /** Tasks that run at least. */
  readonly fewest: number;
  /** Whether two tasks cannot run on one host, since both would want its port. */
  readonly takesHostPort: boolean;
}

/** The arguments of a service that say so. */
export function rollout({ fewest, takesHostPort }: RolloutProps) {
  return takesHostPort ? oneByOne(fewest) : overlapping;
}

/** New tasks are healthy before old ones stop. */
const overlapping = {
  deploymentMinimumHealthyPercent: 100,
  deploymentMaximumPercent: 200,
  availabilityZoneRebalancing: "ENABLED",
};

/** A new task wants the port that an old one has: that stops first, half of them at a time. */
function oneByOne(fewest: number) {
  return {
    deploymentMinimumHealthyPercent: fewest === 1 ? 0 : 50,
    deploymentMaximumPercent: 100,
    // It wants a maximum above 100 percent.
    availabilityZoneRebalancing: "DISABLED",
  };
}
