import type { Equivalents } from "../explained.ts";

export const ofAgentRules: Equivalents = {
  "stacks/rules/agent-rules.ts": [
    {
      code: '.filter((hosts) => !/^\\d+$/.test(agentSetting("ECS_RESERVED_MEMORY", hosts) ?? ""))',
      mutant:
        '.filter((hosts) => !/^\\d+$/.test(agentSetting("ECS_RESERVED_MEMORY", hosts) ?? "Stryker was here!"))',
      why: "neither is a number",
    },
    {
      code: 'roles.includes(template.find(body["role"])?.address ?? "");',
      mutant: 'roles.includes(template.find(body["role"])?.address ?? "Stryker was here!");',
      why: "neither is the address of a role",
    },
  ],
};
