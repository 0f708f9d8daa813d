export const formula = "m ← m ⊙ 1[|w| ≥ τ],  w ← m ⊙ θ_k";
