import { SecretsmanagerSecretVersion } from "@cdktf/provider-aws/lib/secretsmanager-secret-version/index.js";
import { SecretsmanagerSecret } from "@cdktf/provider-aws/lib/secretsmanager-secret/index.js";
import { type ITerraformDependable, TerraformStack } from "cdktf";
import { Construct } from "constructs";
import { preventDestroyIf } from "../aws/protection.ts";
import type { PasswordRotation } from "./password-rotation.ts";

export interface RedisPasswordsProps {
  /** Name of the first secret. The second one has the suffix `-b`. */
  readonly name: string;
  /** The numbers may be tokens. */
  readonly rotation: PasswordRotation;
  readonly isProtected: boolean;
}

/** A password in Secrets Manager. */
export interface RedisPassword {
  readonly secretArn: string;
  /** The secret's value. It must exist before tasks start, otherwise they fail. */
  readonly value: ITerraformDependable;
}

/**
 * The two passwords of Redis. They are neither in the state nor in plans: Terraform creates an ephemeral random
 * value and passes it in a write-only argument
 * (https://developer.hashicorp.com/terraform/language/resources/ephemeral). A new value is written only when
 * `secret_string_wo_version` changes.
 *
 * One secret would not be enough: tasks that start after its change, but before Redis accepts the new value, could not
 * log in.
 */
export class RedisPasswords extends Construct {
  readonly a: RedisPassword;
  readonly b: RedisPassword;
  /** The password that the app uses. */
  readonly inUse: RedisPassword;
  /** How many values each password has had. If this changes, Redis must be restarted. */
  readonly draws: string;

  constructor(scope: Construct, id: string, props: RedisPasswordsProps) {
    super(scope, id);
    const { inUse, draws } = props.rotation;
    this.a = this.password(props, "", draws.a);
    this.b = this.password(props, "b", draws.b);
    this.inUse = this[inUse];
    this.draws = `a: ${draws.a}, b: ${draws.b}`;
  }

  /** ARNs of both secrets. */
  get secretArns(): readonly string[] {
    return [this.a.secretArn, this.b.secretArn];
  }

  /** The values of both secrets. */
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
      // While a deleted secret can be recovered, its name cannot be reused. An unprotected environment comes and goes: with
      // 0 days in place of AWS' 30, it can be destroyed and deployed again immediately. Nothing is lost with its password,
      // because the data go too.
      recoveryWindowInDays: isProtected ? 30 : 0,
      ...preventDestroyIf(isProtected),
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
 * CDKTF does not support ephemeral blocks, so this is plain Terraform JSON.
 * @returns a reference to the value
 */
function ephemeralPassword(stack: TerraformStack, name: string): string {
  stack.addOverride("terraform.required_providers.random", {
    source: "hashicorp/random",
    version: "3.9.0",
  });
  stack.addOverride(`ephemeral.random_password.${name}`, {
    length: 40,
    // The password is used in Redis' configuration and in URLs.
    special: false,
  });
  return `\${ephemeral.random_password.${name}.result}`;
}
