import type { Equivalents } from "../explained.ts";

export const ofRuleTemplates: Equivalents = {
  "stacks/rules/template.ts": [
    {
      code: "} catch {",
      mutant: "} catch {}",
      why: "a function without a return gives undefined too",
    },
  ],
};
