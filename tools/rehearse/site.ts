import type { Environment } from "../../stacks/config/environment-schema.ts";
import type { Names } from "../../stacks/config/names.ts";
import { Template } from "../../stacks/rules/template.ts";
import type { Answer, Aws } from "./aws.ts";
import type { Deployment } from "./deployment.ts";
import { SetupError } from "./settings.ts";
import { StepError } from "./steps.ts";

/** Minutes until ECS has done something. */
const SOON = 15;

/** Where Redis runs: its task, its container instance and its EC2 instance. */
export interface Place {
  readonly task: string;
  readonly host: string;
  readonly instance: string;
}

export interface SiteProps {
  readonly environment: Environment;
  readonly names: Names;
  readonly aws: Aws;
  readonly deployment: Deployment;
  /** Waits until users notice nothing any more. */
  readonly calm: () => Promise<void>;
}

/** A deployed environment in an AWS account, with the calls that several steps need. */
export class Site {
  readonly props: SiteProps;
  /** Commands that remove what was made beside Terraform, the last one first. */
  readonly removals = { beforeDestroy: [] as string[], afterDestroy: [] as string[] };

  constructor(props: SiteProps) {
    this.props = props;
  }

  /**
   * Refuses another account than the named one, and one in which the environment is deployed: AWS would change some
   * resources that have its names, such as alarms.
   * @throws SetupError
   */
  async expectAccount(): Promise<void> {
    const { aws, environment, names } = this.props;
    const { Account } = await aws.call("sts get-caller-identity").catch((cause: unknown) => {
      const hint = "install version 2 of the AWS CLI, and sign in";
      throw new SetupError(`${String(cause)}; ${hint}`, { cause });
    });
    if (Account !== environment.account) {
      const wanted = `allowed: ${environment.account}`;
      throw new SetupError(`the credentials are of account ${Account}; ${wanted}`);
    }
    const { clusters } = await aws.call(`ecs describe-clusters --clusters ${names.cluster}`);
    if (!clusters.some(({ status }: Answer) => status === "ACTIVE")) return;
    throw new SetupError(`${Account} has a cluster ${names.cluster}; allowed: an account without`);
  }

  /** A command of `aws ecs` for the cluster. */
  ecs(verb: string, rest: string): string {
    return `ecs ${verb} --cluster ${this.props.names.cluster} ${rest}`;
  }

  async place(): Promise<Place> {
    const { aws, names } = this.props;
    const list = this.ecs("list-tasks", `--service-name ${names.redis}`);
    const { taskArns } = await aws.until(list, SOON, (all) => all.taskArns.length > 0);
    const { taskArn: task, containerInstanceArn: host } = await this.#task(taskArns[0], "RUNNING");
    const hosts = this.ecs("describe-container-instances", `--container-instances ${host}`);
    const { containerInstances } = await aws.call(hosts);
    return { task, host, instance: containerInstances[0].ec2InstanceId };
  }

  /** Waits until Redis runs in another task, and users notice nothing any more. */
  async moved(from: Place): Promise<Place> {
    await this.#task(from.task, "STOPPED");
    await this.steady();
    return this.place();
  }

  async steady(): Promise<void> {
    const { aws, names, calm } = this.props;
    await aws.call(this.ecs("wait services-stable", `--services ${names.redis} ${names.app}`));
    await calm();
  }

  /** Runs a script in a task of Redis' own definition, as the command of the output `redis_check` does. */
  async run(script: (client: string) => readonly string[]): Promise<void> {
    const { aws, names } = this.props;
    const instance = `--namespace-name ${names.namespace} --service-name ${names.redis}`;
    const { Instances } = await aws.call(`servicediscovery discover-instances ${instance}`);
    if (Instances.length === 0) throw new StepError("Cloud Map has no instance of Redis");
    const { AWS_INSTANCE_IPV4: ip, AWS_INSTANCE_PORT: port } = Instances[0].Attributes;
    const command = ["sh", "-c", ["set -e", ...script(`redis-cli -h ${ip} -p ${port}`)].join("\n")];
    const { services } = await aws.call(this.ecs("describe-services", `--services ${names.redis}`));
    const strategy = JSON.stringify(services[0].capacityProviderStrategy);
    const task = `--task-definition ${names.redis} --capacity-provider-strategy ${strategy}`;
    const overrides = JSON.stringify({ containerOverrides: [{ name: "redis", command }] });
    await this.ended(await aws.call(this.ecs("run-task", `${task} --overrides`), overrides));
  }

  /** Waits for the end of a started task. @throws StepError unless its container ends with 0 */
  async ended({ tasks, failures }: Answer): Promise<void> {
    if (tasks.length === 0) throw new StepError("no task was started", [JSON.stringify(failures)]);
    const { containers } = await this.#task(tasks[0].taskArn, "STOPPED");
    // ECS ends the container of the metrics after Redis' own.
    const own = containers.filter(({ name }: Answer) => name !== "metrics");
    const failed = own.find(({ exitCode }: Answer) => exitCode !== 0);
    if (failed !== undefined) throw new StepError(`a task failed: ${JSON.stringify(failed)}`);
  }

  /** Removes what was made beside Terraform. @returns the commands that failed */
  async remove(when: keyof Site["removals"]): Promise<string[]> {
    const left: string[] = [];
    for (const command of this.removals[when].toReversed()) {
      // AWS refuses what is still in use, such as the security group of a mount target.
      const removed = this.props.aws.until(command, SOON, () => true);
      await removed.catch(() => left.push(`aws ${command}`));
    }
    return left;
  }

  /** Finds what Terraform leaves: old task definitions, and the log group of Container Insights. */
  async findRest(): Promise<void> {
    const { aws, names, deployment } = this.props;
    const logs = `--log-group-name-prefix /aws/ecs/containerinsights/${names.cluster}/`;
    const { logGroups } = await aws.call(`logs describe-log-groups ${logs}`);
    const found = logGroups.map(
      ({ logGroupName }: Answer) => `logs delete-log-group --log-group-name ${logGroupName}`,
    );
    for (const { body } of new Template(deployment.module).all("aws_ecs_task_definition")) {
      const family = `--family-prefix ${String(body["family"])}`;
      const { taskDefinitionArns } = await aws.call(`ecs list-task-definitions ${family}`);
      const remove = "ecs deregister-task-definition --task-definition";
      found.push(...taskDefinitionArns.map((arn: string) => `${remove} ${arn}`));
    }
    this.removals.afterDestroy.push(...found);
  }

  async #task(arn: string, status: string): Promise<Answer> {
    const describe = this.ecs("describe-tasks", `--tasks ${arn}`);
    const isThere = ({ tasks }: Answer): boolean => tasks[0].lastStatus === status;
    return (await this.props.aws.until(describe, SOON, isThere)).tasks[0];
  }
}
