/** y = F(x) + x without F. */
export const formula = "ℓ(block) = meanₙ ‖F(xₙ)‖ / ‖xₙ‖,  y ← x";
