import type { Equivalents } from "../explained.ts";
import { ofOrder } from "./order.ts";

export const equivalents: Equivalents = { ...ofOrder };
