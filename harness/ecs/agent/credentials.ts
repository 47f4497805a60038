import type { Task } from "../tasks/task.ts";
import type { AgentRun } from "./agent-run.ts";
import { roleArnOf } from "./arns.ts";
import { json, type Reply } from "./reply.ts";

/** Milliseconds. SDKs ask again some minutes before. */
const VALID_FOR = 6 * 3_600_000;

/** No account has this key. Emulators of AWS accept any. */
const CREDENTIALS = {
  AccessKeyId: "ASIALOCALECSTASKROLE",
  SecretAccessKey: "local-ecs",
  Token: "local-ecs",
};

/**
 * The credentials of a task's role, as the agent answers.
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-iam-roles.html
 */
export function credentialsReply(task: Task | undefined, run: AgentRun | undefined): Reply {
  const role = task?.context.revision.definition.taskRole;
  if (run === undefined || role === undefined) {
    const message = "CredentialsV2Request: Credentials not found";
    return json(400, { code: "InvalidIdInRequest", message, HTTPErrorCode: 400 });
  }
  const expiration = new Date(Date.now() + VALID_FOR).toISOString().replace(/\.\d+Z$/, "Z");
  return json(200, { RoleArn: roleArnOf(role, run), ...CREDENTIALS, Expiration: expiration });
}
