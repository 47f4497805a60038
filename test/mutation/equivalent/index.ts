import type { Equivalents } from "../explained.ts";
import { ofAnswers } from "./answers.ts";
import { ofDial } from "./dial.ts";
import { ofDns } from "./dns.ts";
import { ofOrder } from "./order.ts";
import { ofNetworkRules } from "./rules-network.ts";
import { ofRedisLifeRules } from "./rules-redis-life.ts";
import { ofRuleTemplates } from "./rules-template.ts";

export const equivalents: Equivalents = {
  ...ofOrder,
  ...ofAnswers,
  ...ofDns,
  ...ofDial,
  ...ofNetworkRules,
  ...ofRedisLifeRules,
  ...ofRuleTemplates,
};
