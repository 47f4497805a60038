import { UsageError } from "../../command-line/arguments.ts";
import { messageOf } from "../../command-line/error-text.ts";
import type { Environment } from "../../stacks/config/environment-schema.ts";
import { type Names, namesOf } from "../../stacks/config/names.ts";
import { Template } from "../../stacks/rules/template.ts";
import type { Deployment } from "./deployment.ts";
import { type Prober, startProber } from "./prober.ts";
import { type Answer, type Programs, SOON } from "./programs.ts";

const WITHOUT_ANSWER = "start the emulator, or sign in with version 2 of the AWS CLI";

/** A deployed environment in an AWS account, with the calls that several steps need. */
export class Site {
  readonly environment: Environment;
  readonly names: Names;
  readonly deployment: Deployment;
  readonly programs: Programs;
  /** A user of the app, if it was reached. */
  user: Prober | undefined;
  /** Commands that remove what was made beside Terraform before its destroy, the last one first, and after it. */
  readonly removals = { first: [] as string[], last: [] as string[] };
  /** Commands that remove what is left at the end. */
  readonly left: string[] = [];

  constructor(environment: Environment, deployment: Deployment, programs: Programs) {
    this.environment = environment;
    this.names = namesOf(environment);
    this.deployment = deployment;
    this.programs = programs;
  }

  /**
   * Refuses another account than the environment's, and one in which the environment is deployed: AWS would change some
   * resources that have its names, such as alarms.
   * @throws UsageError
   */
  async expectAccount(): Promise<void> {
    const { programs, environment, names } = this;
    const { Account } = await programs.aws("sts get-caller-identity").catch((cause: unknown) => {
      throw new UsageError(`${messageOf(cause)}; ${WITHOUT_ANSWER}`, { cause });
    });
    if (Account !== environment.account) {
      throw new UsageError(`credentials of account ${Account}; allowed: ${environment.account}`);
    }
    const { clusters } = await programs.aws(`ecs describe-clusters --clusters ${names.cluster}`);
    if (!clusters.some(({ status }: Answer) => status === "ACTIVE")) return;
    throw new UsageError(`${Account} has a cluster ${names.cluster}; allowed: an account without`);
  }

  /** Begins to ask the app. */
  async reached(path: string): Promise<string> {
    const { environment, deployment, programs } = this;
    if (environment.app.loadBalancer === false) return "no load balancer, so nobody asks";
    const { href } = new URL(path, await deployment.output("app_url"));
    const host = await deployment.output("load_balancer_dns_name");
    this.user = startProber(new URL(href), host, programs.minute / 240);
    await this.calm();
    return `${href}, asked every 250 ms`;
  }

  /** Waits until users notice nothing any more. */
  async calm(): Promise<void> {
    const { minute, signal } = this.programs;
    await this.user?.calm(SOON * minute, signal);
  }

  /** A command of `aws ecs` for the cluster. */
  ecs(verb: string, rest: string): string {
    return `ecs ${verb} --cluster ${this.names.cluster} ${rest}`;
  }

  /** Where Redis runs: its task, its container instance and its EC2 instance. */
  async place() {
    const list = this.ecs("list-tasks", `--service-name ${this.names.redis}`);
    const { taskArns } = await this.programs.until(list, (all) => all.taskArns.length > 0);
    const { taskArn: task, containerInstanceArn: host } = await this.#task(taskArns[0], "RUNNING");
    const hosts = this.ecs("describe-container-instances", `--container-instances ${host}`);
    const { containerInstances } = await this.programs.aws(hosts);
    return { task, host, instance: containerInstances[0].ec2InstanceId };
  }

  /** Waits until Redis runs in another task, and users notice nothing any more. */
  async moved(from: { readonly task: string }) {
    await this.#task(from.task, "STOPPED");
    await this.steady();
    return this.place();
  }

  async steady(): Promise<void> {
    const { redis, app } = this.names;
    await this.programs.aws(this.ecs("wait services-stable", `--services ${redis} ${app}`));
    await this.calm();
  }

  /** Runs a script in a task of Redis' own definition. */
  async run(script: (client: string) => readonly string[]): Promise<void> {
    const { programs, names, deployment } = this;
    const instance = `--namespace-name ${names.namespace} --service-name ${names.redis}`;
    const { Instances } = await programs.aws(`servicediscovery discover-instances ${instance}`);
    if (Instances.length === 0) throw new Error("Cloud Map has no instance of Redis");
    const { AWS_INSTANCE_IPV4: ip, AWS_INSTANCE_PORT: port } = Instances[0].Attributes;
    const command = ["sh", "-c", ["set -e", ...script(`redis-cli -h ${ip} -p ${port}`)].join("\n")];
    const overrides = JSON.stringify({ containerOverrides: [{ name: "redis", command }] });
    // Of two overrides, the AWS CLI takes the last one.
    const check = await deployment.output("redis_check");
    await this.ended(await programs.shell(check, "--overrides", overrides));
  }

  /** Waits for the end of a started task. @throws Error unless its container ends with 0 */
  async ended({ tasks, failures }: Answer): Promise<void> {
    if (tasks.length === 0) throw new Error(`no task was started\n${JSON.stringify(failures)}`);
    const { containers } = await this.#task(tasks[0].taskArn, "STOPPED");
    // ECS ends the container of the metrics after Redis' own.
    const own = containers.filter(({ name }: Answer) => name !== "metrics");
    const failed = own.find(({ exitCode }: Answer) => exitCode !== 0);
    if (failed !== undefined) throw new Error(`a task failed: ${JSON.stringify(failed)}`);
  }

  /** Removes what was made beside Terraform and is in its way. */
  async removeFirst(): Promise<void> {
    for (const command of this.removals.first.toReversed()) await this.#remove(command);
  }

  /** Removes the rest, with what Terraform leaves: old task definitions, and the log group of Container Insights. */
  async removeLast(): Promise<void> {
    for (const command of this.removals.last) await this.#remove(command);
    const logs = `--log-group-name-prefix /aws/ecs/containerinsights/${this.names.cluster}/`;
    const { logGroups } = await this.programs.aws(`logs describe-log-groups ${logs}`);
    for (const { logGroupName } of logGroups) {
      await this.#remove(`logs delete-log-group --log-group-name ${logGroupName}`);
    }
    for (const { body } of new Template(this.deployment.module).all("aws_ecs_task_definition")) {
      const list = `ecs list-task-definitions --family-prefix ${String(body["family"])}`;
      for (const arn of (await this.programs.aws(list)).taskDefinitionArns) {
        await this.#remove(`ecs deregister-task-definition --task-definition ${arn}`);
      }
    }
  }

  /** AWS refuses for some minutes what is still in use, such as the security group of a mount target. */
  async #remove(command: string): Promise<void> {
    const removed = this.programs.until(command, () => true);
    await removed.catch(() => this.left.push(`aws ${command}`));
  }

  async #task(arn: string, status: string): Promise<Answer> {
    const describe = this.ecs("describe-tasks", `--tasks ${arn}`);
    const isThere = ({ tasks }: Answer): boolean => tasks[0].lastStatus === status;
    return (await this.programs.until(describe, isThere)).tasks[0];
  }
}
