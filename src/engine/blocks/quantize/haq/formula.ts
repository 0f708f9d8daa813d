/** a in [0, 1] is what the agent asks for, l and u the fewest and the most bits, B the budget. */
export const formula = "b = round(l − ½ + a (u − l + 1)),  R = 0.1 (acc_q − acc),  cost(b) ≤ B";
