/** u is what the optimizer makes of the gradient. */
export const formula = "L = CE(y, z),  w ← w − η(t) · u(∇L)";
