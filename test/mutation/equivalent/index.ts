import type { Equivalents } from "../explained.ts";
import { ofAnswers } from "./answers.ts";
import { ofOrder } from "./order.ts";

export const equivalents: Equivalents = { ...ofOrder, ...ofAnswers };
