import type { IncomingMessage } from "node:http";
import type { EcsEvents } from "../base/events.ts";
import type { Task } from "../tasks/task.ts";
import type { Reply } from "./reply.ts";

/** Not a code of AWS, so that no SDK retries it or asks for other credentials. */
const CODE = "NotInLocalEcs";

interface Call {
  /** As in the request's signature: `dynamodb`. */
  readonly service: string;
  /** Its name, or method and path. */
  readonly operation: string;
  /** The operation, or the whole service if the path differs from call to call. */
  readonly api: string;
  readonly protocol: "json" | keyof typeof XML;
}

/**
 * Calls of AWS APIs that nothing answers here: each fails at once, with a message that says how to redirect it. Otherwise an SDK
 * would call AWS, with the key that is not one.
 */
export class RefusedCalls {
  readonly #events: EcsEvents;
  readonly #reported = new Set<string>();

  constructor(events: EcsEvents) {
    this.#events = events;
  }

  /** @param task undefined if the call does not come from a task */
  reply(request: IncomingMessage, body: string | undefined, task: Task | undefined): Reply {
    const call = callOf(request, body ?? "");
    const name = `${call.service} ${call.operation}`;
    // Calls of Cloud Map come here although the others are redirected.
    const isCloudMap = call.service === "servicediscovery";
    const variable = `AWS_ENDPOINT_URL${isCloudMap ? "_SERVICEDISCOVERY" : ""}`;
    const message = `${name}: the local ECS does not answer this AWS API. To redirect it, start the local ECS with ${variable} set to an emulator of AWS, for example ${variable}=http://127.0.0.1:4566, or give it in the option endpoints of startLocalEcs`;
    this.#report(call.api, message, task);
    return errorReply(call, message, request);
  }

  #report(api: string, message: string, task: Task | undefined): void {
    if (task === undefined || this.#reported.has(`${task.id} ${api}`)) return;
    this.#reported.add(`${task.id} ${api}`);
    const { service } = task.context;
    this.#events.publish({ type: "call", service, taskId: task.id, api, message });
  }
}

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html */
const SCOPE = /Credential=[^/]*\/\d{8}\/[^/]*\/([^/]+)\/aws4_request/;

function callOf({ headers, method, url = "/" }: IncomingMessage, body: string): Call {
  const { pathname, searchParams } = new URL(url, "http://agent");
  const presigned = searchParams.get("X-Amz-Credential");
  const service = SCOPE.exec(headers.authorization ?? `Credential=${presigned}`)?.[1] ?? "AWS";
  const target = headers["x-amz-target"];
  const named = (operation: string, protocol: Call["protocol"]): Call => ({
    service,
    operation,
    api: `${service} ${operation}`,
    protocol,
  });
  if (typeof target === "string") return named(target.split(".").at(-1) ?? target, "json");
  const isForm = headers["content-type"]?.startsWith("application/x-www-form-urlencoded");
  const action = isForm === true ? new URLSearchParams(body).get("Action") : null;
  if (action !== null) return named(action, service === "ec2" ? "ec2" : "query");
  const path = pathname.replace(/^\/aws\/[^/]*/, "") || "/";
  const operation = `${method ?? ""} ${path}`;
  return { service, operation, api: service, protocol: REST[service] ?? "json" };
}

const ERROR = `<Error><Type>Sender</Type><Code>${CODE}</Code><Message>$</Message></Error>`;

/** The XML errors of protocols. The message is in place of `$`. */
const XML = {
  query: `<ErrorResponse>${ERROR}<RequestId>local-ecs</RequestId></ErrorResponse>`,
  ec2: `<Response><Errors>${ERROR}</Errors><RequestID>local-ecs</RequestID></Response>`,
  s3: ERROR,
};

/** Services whose errors are XML though their requests are not forms. */
const REST: Readonly<Record<string, keyof typeof XML>> = {
  s3: "s3",
  s3express: "s3",
  route53: "query",
  cloudfront: "query",
};

/** https://smithy.io/2.0/aws/protocols/index.html */
function errorReply({ protocol }: Call, message: string, request: IncomingMessage): Reply {
  const headers = { "x-amzn-requestid": "local-ecs", "x-amzn-errortype": CODE };
  if (protocol === "json") {
    const type = request.headers["content-type"] ?? "application/json";
    const body = JSON.stringify({ __type: CODE, message, Message: message });
    return { status: 400, headers: { ...headers, "content-type": type }, body };
  }
  const text = XML[protocol].replace("$", () => escaped(message));
  return { status: 400, headers: { ...headers, "content-type": "application/xml" }, body: text };
}

const escaped = (text: string): string =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
