import type { Button, Fault } from "../../plays/faults/fault.ts";
import { currentName, faults } from "../../plays/faults/index.ts";

/** A button with its fault. The fault's name is in the address `/actions/kill`. */
export interface Action extends Button {
  readonly fault: Fault;
}

export const actions: readonly Action[] = faults.flatMap((fault) => {
  const { button } = fault;
  return button ? [{ ...button, fault: { ...fault, begin: button.begin ?? fault.begin } }] : [];
});

export const actionOf = (name: string): Action | undefined =>
  actions.find(({ fault }) => fault.name === currentName(name));
