/** The two runs that are compared: of a third that is chosen the first one goes. */

export type Chosen = readonly string[];

export const choose = (chosen: Chosen, id: string): Chosen =>
  chosen.includes(id) ? chosen.filter((one) => one !== id) : [...chosen, id].slice(-2);
