import { SnsTopicPolicy } from "@cdktf/provider-aws/lib/sns-topic-policy/index.js";
import { SnsTopicSubscription } from "@cdktf/provider-aws/lib/sns-topic-subscription/index.js";
import { SnsTopic } from "@cdktf/provider-aws/lib/sns-topic/index.js";
import type { ITerraformDependable } from "cdktf";
import { Construct } from "constructs";
import type { Environment } from "../config/environment-schema.ts";
import { listedParts } from "../aws/listed-parts.ts";
import { arn, resourcePolicy } from "../aws/policy.ts";

export type AlarmsConfig = Exclude<Environment["alarms"], false>;

export interface AlarmTopicProps {
  readonly config: AlarmsConfig;
  readonly environment: Environment;
}

/** The SNS topic of the alarms: a new one with e-mail subscriptions, or an existing one. */
export class AlarmTopic extends Construct {
  readonly arn: string;
  /** Without the policy, SNS refuses messages. */
  readonly dependencies: readonly ITerraformDependable[];

  constructor(scope: Construct, id: string, { config, environment }: AlarmTopicProps) {
    super(scope, id);
    if ("topicArn" in config) {
      this.arn = config.topicArn;
      this.dependencies = [];
      return;
    }
    const topic = new SnsTopic(this, "sns", {
      name: `${environment.name}-alarms`,
      // Not alias/aws/sns: CloudWatch cannot use that key, and alarms would be lost without an error.
      ...(config.kmsKeyArn !== undefined && { kmsMasterKeyId: config.kmsKeyArn }),
    });
    this.arn = topic.arn;
    this.dependencies = [this.policy(topic, environment)];
    listedParts({
      id: (email) => `email_${email}`,
      values: config.emails,
      make: (part, endpoint) =>
        new SnsTopicSubscription(this, part, { topicArn: topic.arn, protocol: "email", endpoint }),
    });
  }

  private policy(topic: SnsTopic, { name, account, region }: Environment): SnsTopicPolicy {
    const publish = { Effect: "Allow", Action: "sns:Publish", Resource: topic.arn } as const;
    return new SnsTopicPolicy(this, "policy", {
      arn: topic.arn,
      policy: resourcePolicy("alarms", {
        AlarmsPublish: {
          ...publish,
          Principal: { Service: "cloudwatch.amazonaws.com" },
          Condition: {
            StringEquals: { "aws:SourceAccount": account },
            ArnLike: { "aws:SourceArn": arn("cloudwatch", region, account, `alarm:${name}-*`) },
          },
        },
        // EventBridge does not support conditions here: with one, it may not publish
        // (https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-use-resource-based.html).
        EventsPublish: { ...publish, Principal: { Service: "events.amazonaws.com" } },
      }),
    });
  }
}
