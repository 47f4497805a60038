import type { Task } from "../tasks/task.ts";
import type { AgentRun } from "./agent-run.ts";
import { containerDocument, taskDocument, type Version } from "./documents.ts";
import { json, type Reply } from "./reply.ts";
import { dockerIdOf } from "../tasks/container-context.ts";
import type { Stats } from "./stats.ts";

interface Asked {
  /** The path after the container's id. */
  readonly what: string;
  readonly run: AgentRun | undefined;
  readonly task: Task | undefined;
  readonly container: string;
}

/**
 * The metadata of a container or a task, version 3 or 4.
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-metadata-endpoint-v4.html
 */
export function metadataReply(
  version: Version,
  { what, run, task, container }: Asked,
  stats: Stats,
): Reply {
  const containers = task?.state().containers ?? [];
  const own = containers.find(({ name }) => name === container);
  const refused = (message: string): Reply =>
    json(404, `${version.toUpperCase()} metadata handler: ${message}`);
  if (run === undefined || task === undefined || own === undefined) {
    return refused(`unable to find a container for ${container || "this path"}`);
  }
  switch (what) {
    case "":
      return json(200, containerDocument(task, own, run, version));
    case "task":
    case "taskWithTags":
      return json(200, taskDocument(task, run, version));
    case "stats":
      return json(200, stats.of(task, own));
    case "task/stats": {
      const each = containers.map((other) => [
        dockerIdOf(task.id, other.name),
        stats.of(task, other),
      ]);
      return json(200, Object.fromEntries(each));
    }
    default:
      return refused(`no path ${what}`);
  }
}
