import { describe, expect, it } from "vitest";
import { environments as deployed } from "../../environments.ts";
import { execChannels } from "../../stacks/ecs/task-roles.ts";
import { readable } from "./support/readable.ts";
import { otherEnvironments } from "./support/other-environments.ts";
import { templateOf } from "./support/template.ts";

// What a stolen role can do, in every environment.

interface Statement {
  readonly Effect: string;
  readonly Action: string | readonly string[];
  readonly Resource?: string | readonly string[];
  readonly Principal?: Readonly<Record<string, string>>;
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

type Resource = Readonly<Record<string, unknown>>;
type Template = Readonly<Record<string, Readonly<Record<string, Resource>>>>;

const configs = { ...deployed, ...otherEnvironments };
const environments = Object.keys(configs).map((name) => {
  const text = readable(templateOf(configs, name).json);
  const { resource } = JSON.parse(text) as { resource: Template };
  return { name, resource };
});

/** The statements of a role's policies, by the role's name. */
function statementsOf(resource: Template, role: RegExp): Statement[] {
  return Object.values(resource["aws_iam_role_policy"] ?? {})
    .filter((policy) => role.test(String(policy["role"])))
    .flatMap((policy) => (policy["policy"] as { Statement: Statement[] }).Statement);
}

const actionsOf = ({ Action }: Statement): readonly string[] => [Action].flat();

/** IAM actions that do not support resources, so that `*` is required. */
const WITHOUT_RESOURCE =
  /^(ssmmessages|servicediscovery:DiscoverInstances|ssm:UpdateInstance|logs:Describe)/;

/** Allowed: the app finds its services, Redis mounts its folder through the access point, ECS Exec uses its channels. */
const ALLOWED: readonly object[] = [
  ...[expect.any(String), expect.any(Array)].map((services: unknown) => ({
    Effect: "Allow",
    Action: "servicediscovery:DiscoverInstances",
    Resource: "*",
    Condition: {
      StringEquals: {
        "servicediscovery:NamespaceName": expect.any(String) as string,
        "servicediscovery:ServiceName": services,
      },
    },
  })),
  {
    Effect: "Allow",
    Action: ["elasticfilesystem:ClientMount", "elasticfilesystem:ClientWrite"],
    Resource: expect.stringContaining(":file-system/") as string,
    Condition: {
      StringEquals: {
        "elasticfilesystem:AccessPointArn": expect.stringContaining("access_point") as string,
      },
      Bool: { "aws:SecureTransport": "true" },
    },
  },
  execChannels,
  // The log of a session: its group alone can be written.
  { Effect: "Allow", Action: ["logs:DescribeLogGroups"], Resource: "*" },
  {
    Effect: "Allow",
    Action: ["logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents"],
    Resource: expect.stringMatching(
      /:log-group:\$\{aws_cloudwatch_log_group\.cluster_exec_log\.name\}:\*$/,
    ),
  },
];

describe.each(environments)("the roles of $name", ({ resource }) => {
  it("of a task: the app finds its services, Redis mounts its folder, and no more", () => {
    const found = statementsOf(resource, /_roles_task\./);
    const redisStatements = statementsOf(resource, /redis_roles_task\./);
    expect(redisStatements.length > 0).toBe(resource["aws_efs_access_point"] !== undefined);
    for (const statement of found) expect(statement).toBeOneOf([...ALLOWED]);
  });

  it("of a task read no secret: only ECS itself does, with the execution role, and only those named", () => {
    const reading = Object.values(resource["aws_iam_role_policy"] ?? {}).filter((policy) =>
      /secretsmanager|ssm:Get|kms:/.test(JSON.stringify(policy["policy"])),
    );
    expect(reading.length).toBeGreaterThan(0);
    for (const policy of reading) {
      expect(policy["role"]).toMatch(/_execution\.id\}$/);
      const resources = (policy["policy"] as { Statement: Statement[] }).Statement.flatMap(
        (statement) => [statement.Resource ?? "*"].flat(),
      );
      for (const each of resources) expect(each).toMatch(/^(\$\{aws_|arn:).*[^*]$/);
    }
  });

  it("of a task are for tasks of this account alone", () => {
    const roles = Object.entries(resource["aws_iam_role"] ?? {}).filter(([id]) =>
      /_roles_(task|execution)$/.test(id),
    );
    expect(roles.length).toBeGreaterThan(0);
    for (const [, role] of roles) {
      const [statement, ...more] = (role["assume_role_policy"] as { Statement: Statement[] })
        .Statement;
      expect(more).toEqual([]);
      expect(statement).toEqual({
        Effect: "Allow",
        Action: "sts:AssumeRole",
        Principal: { Service: "ecs-tasks.amazonaws.com" },
        Condition: { StringEquals: { "aws:SourceAccount": expect.stringMatching(/^\d{12}$/) } },
      });
    }
  });

  it("have no action with a star, and no resource with one where an action takes a resource", () => {
    const all = statementsOf(resource, /./);
    expect(all.length).toBeGreaterThan(0);
    for (const statement of all) {
      const actions = actionsOf(statement);
      expect(actions.filter((action) => action.includes("*"))).toEqual([]);
      if (![statement.Resource ?? []].flat().includes("*")) continue;
      expect(actions.filter((action) => !WITHOUT_RESOURCE.test(action))).toEqual([]);
    }
  });

  it("pass no role but those of tasks, to ECS alone", () => {
    const passing = statementsOf(resource, /./).filter((each) =>
      actionsOf(each).includes("iam:PassRole"),
    );
    expect(passing.length > 0).toBe(resource["aws_scheduler_schedule"] !== undefined);
    for (const statement of passing) {
      expect(statement.Condition).toEqual({
        StringEquals: { "iam:PassedToService": "ecs-tasks.amazonaws.com" },
      });
      for (const role of [statement.Resource ?? []].flat()) {
        expect(role).toMatch(/^\$\{aws_iam_role\.\w+_roles_(task|execution)\.arn\}$/);
      }
    }
  });
});

describe.each(environments)("the security groups of $name", ({ resource }) => {
  it("let addresses in at the load balancer alone; all else is from group to group", () => {
    const rules = Object.entries(resource["aws_vpc_security_group_ingress_rule"] ?? {});
    expect(rules.length).toBeGreaterThan(0);
    const open = rules.filter(([, rule]) => rule["referenced_security_group_id"] === undefined);
    for (const [id, rule] of open) {
      expect(id).toMatch(/^load_balancer_/);
      expect(rule["security_group_id"]).toMatch(/aws_security_group\.load_balancer_/);
    }
  });
});
