/** m marks the Q weights of the largest product with their gradient. */
export const formula = "m = topQ |w · ∂L/∂w|,  u ← βu + λw + m ⊙ ∇L";
