import { SqsQueue } from "@cdktf/provider-aws/lib/sqs-queue/index.js";
import { Construct } from "constructs";

/** Where a schedule leaves the starts that failed, with the reason, for two weeks. */
export class DeadLetters extends Construct {
  readonly arn: string;
  readonly queueName: string;

  constructor(scope: Construct, id: string, { name }: { readonly name: string }) {
    super(scope, id);
    const queue = new SqsQueue(this, "queue", {
      name,
      sqsManagedSseEnabled: true,
      // The maximum, in seconds.
      messageRetentionSeconds: 1_209_600,
    });
    this.arn = queue.arn;
    this.queueName = name;
  }
}
