import { SecretsmanagerSecretVersion } from "@cdktf/provider-aws/lib/secretsmanager-secret-version/index.js";
import { SecretsmanagerSecret } from "@cdktf/provider-aws/lib/secretsmanager-secret/index.js";
import { type ITerraformDependable, TerraformStack } from "cdktf";
import { Construct } from "constructs";
import { keepIf } from "../aws/protection.ts";
import type { PasswordRotation } from "./password-rotation.ts";

export interface RedisPasswordsProps {
  /** Name of the first secret; the second one has `-b` behind it. */
  readonly name: string;
  /** Its numbers may be tokens. */
  readonly rotation: PasswordRotation;
  readonly isProtected: boolean;
}

/** A password in Secrets Manager. */
export interface RedisPassword {
  readonly secretArn: string;
  /** A task that starts before the secret has a value fails. */
  readonly value: ITerraformDependable;
}

/**
 * The two passwords of Redis. They are in neither state nor plan: Terraform creates an ephemeral random
 * value and passes it in a write-only argument
 * (https://developer.hashicorp.com/terraform/language/resources/ephemeral). A new value is written when
 * `secret_string_wo_version` changes, and only then.
 *
 * One secret with its previous value would not do: between its change and the moment when Redis knows the
 * new value, tasks that start would be refused.
 */
export class RedisPasswords extends Construct {
  readonly a: RedisPassword;
  readonly b: RedisPassword;
  /** The one that the app uses. */
  readonly inUse: RedisPassword;
  /** How often each was drawn: what Redis has to start anew for. */
  readonly draws: string;

  constructor(scope: Construct, id: string, props: RedisPasswordsProps) {
    super(scope, id);
    const { inUse, draws } = props.rotation;
    this.a = this.password(props, "", draws.a);
    this.b = this.password(props, "b", draws.b);
    this.inUse = this[inUse];
    this.draws = `a: ${draws.a}, b: ${draws.b}`;
  }

  /** Both. */
  get secretArns(): readonly string[] {
    return [this.a.secretArn, this.b.secretArn];
  }

  /** Both have values. */
  get dependencies(): readonly ITerraformDependable[] {
    return [this.a.value, this.b.value];
  }

  private password(
    { name, isProtected }: RedisPasswordsProps,
    suffix: "" | "b",
    version: number,
  ): RedisPassword {
    const id = (word: string) => (suffix === "" ? word : `${word}_${suffix}`);
    const secret = new SecretsmanagerSecret(this, id("secret"), {
      name: suffix === "" ? name : `${name}-${suffix}`,
      description: "Password of Redis",
      // A name stays taken while a deleted secret can be recovered: with 0 days the environment can
      // be destroyed and deployed again.
      recoveryWindowInDays: isProtected ? 30 : 0,
      ...keepIf(isProtected),
    });
    const value = new SecretsmanagerSecretVersion(this, id("value"), {
      secretId: secret.id,
      secretStringWo: ephemeralPassword(TerraformStack.of(this), id("redis")),
      secretStringWoVersion: version,
    });
    return { secretArn: secret.arn, value };
  }
}

/**
 * CDKTF has no ephemeral blocks: this one is plain Terraform JSON.
 * @returns a reference to the value
 */
function ephemeralPassword(stack: TerraformStack, name: string): string {
  stack.addOverride("terraform.required_providers.random", {
    source: "hashicorp/random",
    version: "3.9.0",
  });
  stack.addOverride(`ephemeral.random_password.${name}`, {
    length: 40,
    // It is used in Redis' configuration and in URLs.
    special: false,
  });
  return `\${ephemeral.random_password.${name}.result}`;
}
