/** τ is the quantile of |w| that leaves the sparsity aimed at. */
export const formula = "m = 1[|w| ≥ τ(s)],  w ← m ⊙ w";
