import { createHmac, randomBytes, timingSafeEqual } from "node:crypto";
import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { type AddressInfo, isIPv4 } from "node:net";
import type { CloudMapApiFault } from "../base/fault-primitives.ts";
import type { EcsEvents } from "../base/events.ts";
import { ENDPOINT_ZONE } from "../discovery/aws-endpoint.ts";
import type { CloudMap } from "../discovery/cloud-map.ts";
import { discoverInstances, isCloudMapCall } from "../discovery/discover-instances.ts";
import type { AgentAddress } from "../machine/container-network.ts";
import type { Task } from "../tasks/task.ts";
import type { AgentRun } from "./agent-run.ts";
import { credentialsReply } from "./credentials.ts";
import { metadataReply } from "./metadata.ts";
import { protectionReply } from "./protection.ts";
import { RefusedCalls } from "./refused-calls.ts";
import { json, type Reply } from "./reply.ts";
import { Stats } from "./stats.ts";

/** Maximum size of a request that is read, in bytes. */
const LONGEST_REQUEST = 65_536;

export interface AgentOptions {
  readonly cloudMap: CloudMap;
  /** The current fault of the Cloud Map API. */
  readonly failing: () => CloudMapApiFault | undefined;
  readonly events: EcsEvents;
}

/** Whether a Host header is an address, or a name in the zone of the endpoint. */
function isOwnName(host: string): boolean {
  const name = host.replace(/:\d+$/, "");
  return isIPv4(name) || `.${name}`.endsWith(`.${ENDPOINT_ZONE}`);
}

/**
 * What ECS' agent and AWS are for containers, on one port: the metadata, credentials and protection of tasks,
 * DiscoverInstances, and a clear error for any other call of an AWS API.
 */
export class Agent implements AgentAddress {
  readonly address: string;
  readonly #options: AgentOptions;
  readonly #refused: RefusedCalls;
  readonly #stats = new Stats();
  readonly #server = createServer((request, response) => {
    this.#respond(request, response).catch(() => response.destroy());
  });
  /** Of the ids of containers. */
  readonly #key = randomBytes(32);
  #run: AgentRun | undefined;

  private constructor(address: string, options: AgentOptions) {
    this.address = address;
    this.#options = options;
    this.#refused = new RefusedCalls(options.events);
  }

  /** @param address on which it listens */
  static async start(address: string, options: AgentOptions): Promise<Agent> {
    const agent = new Agent(address, options);
    agent.#server.listen(0, address);
    await once(agent.#server, "listening");
    return agent;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** A container's id in its URLs. Only the container knows it, although DiscoverInstances gives everybody the ids of tasks. */
  idOf(taskId: string, container: string): string {
    const name = `${taskId}-${container}`;
    return `${name}-${createHmac("sha256", this.#key).update(name).digest("hex")}`;
  }

  /** Answers for the tasks of a run from now on. */
  serve(run: AgentRun): void {
    this.#run = run;
  }

  async close(): Promise<void> {
    const closed = once(this.#server, "close");
    this.#server.close();
    this.#server.closeAllConnections();
    await closed;
  }

  async #respond(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const reply = await this.#answer(request);
    if (reply) response.writeHead(reply.status, reply.headers).end(reply.body);
  }

  /** Undefined: it does not answer. */
  async #answer(request: IncomingMessage): Promise<Reply | undefined> {
    const { origin, host = "" } = request.headers;
    // A web page must not read the environment. Its browser sends Origin, or the page's own name if that leads here.
    if (origin !== undefined || !isOwnName(host)) {
      return json(403, { message: "requests from browser pages are not allowed" });
    }
    const body = await read(request);
    if (isCloudMapCall(request)) {
      const answer = discoverInstances(this.#options.cloudMap, this.#options.failing(), body);
      return answer && json(...answer, { "content-type": "application/x-amz-json-1.1" });
    }
    const { pathname } = new URL(request.url ?? "/", "http://agent");
    const [, api = "", id = "", ...rest] = pathname.split("/");
    const { task, container } = this.#find(id);
    const asked = { what: rest.join("/"), run: this.#run, task, container };
    if (api === "v3" || api === "v4") return metadataReply(api, asked, this.#stats);
    if (api === "v2" && id === "credentials") {
      return credentialsReply(this.#find(rest[0] ?? "").task, this.#run);
    }
    if (api === "api" && rest.join("/") === "task-protection/v1/state") {
      return protectionReply({ method: request.method, body }, task, this.#run);
    }
    return this.#refused.reply(request, body, api === "aws" ? task : undefined);
  }

  /** The task of an id of {@link idOf}. */
  #find(id: string): { readonly task: Task | undefined; readonly container: string } {
    const [taskId = "", ...name] = id.split("-").slice(0, -1);
    const container = name.join("-");
    const [given, own] = [Buffer.from(id), Buffer.from(this.idOf(taskId, container))];
    const isOwn = given.length === own.length && timingSafeEqual(given, own);
    return { task: isOwn ? this.#run?.task(taskId) : undefined, container };
  }
}

/** Undefined if it is longer than what is read. */
async function read(request: IncomingMessage): Promise<string | undefined> {
  let text = "";
  let isLong = false;
  for await (const chunk of request) {
    if (isLong) continue;
    text += String(chunk);
    isLong = text.length > LONGEST_REQUEST;
  }
  return isLong ? undefined : text;
}
