import { SecretsmanagerSecretVersion } from "@cdktf/provider-aws/lib/secretsmanager-secret-version/index.js";
import { SecretsmanagerSecret } from "@cdktf/provider-aws/lib/secretsmanager-secret/index.js";
import { type ITerraformDependable, TerraformStack } from "cdktf";
import { Construct } from "constructs";
import { keepIf } from "../aws/protection.ts";

export interface RedisPasswordProps {
  readonly name: string;
  /** Another number creates another password. */
  readonly version: number;
  readonly isProtected: boolean;
}

/**
 * The password in Secrets Manager. It is in neither state nor plan: Terraform creates an ephemeral
 * random value and passes it in a write-only argument
 * (https://developer.hashicorp.com/terraform/language/resources/ephemeral). A new version is
 * written when `secret_string_wo_version` changes, and only then.
 */
export class RedisPassword extends Construct {
  readonly secretArn: string;
  /** A task that starts before the secret has a value fails. */
  readonly dependencies: readonly ITerraformDependable[];

  constructor(scope: Construct, id: string, { name, version, isProtected }: RedisPasswordProps) {
    super(scope, id);
    const secret = new SecretsmanagerSecret(this, "secret", {
      name,
      description: "Password of Redis",
      // A name stays taken while a deleted secret can be recovered: with 0 days the environment can
      // be destroyed and deployed again.
      recoveryWindowInDays: isProtected ? 30 : 0,
      ...keepIf(isProtected),
    });
    this.secretArn = secret.arn;
    declareEphemeralPassword(TerraformStack.of(this));
    const value = new SecretsmanagerSecretVersion(this, "value", {
      secretId: secret.id,
      secretStringWo: "${ephemeral.random_password.redis.result}",
      secretStringWoVersion: version,
    });
    this.dependencies = [value];
  }
}

/** CDKTF has no ephemeral blocks: this one is plain Terraform JSON. */
function declareEphemeralPassword(stack: TerraformStack): void {
  stack.addOverride("terraform.required_providers.random", {
    source: "hashicorp/random",
    version: "3.9.0",
  });
  stack.addOverride("ephemeral.random_password.redis", {
    length: 40,
    // It is used in Redis' configuration and in URLs.
    special: false,
  });
}
