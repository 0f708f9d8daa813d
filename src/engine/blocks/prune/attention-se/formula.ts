/** g is the squeeze-and-excitation gate of the channel for image n. */
export const formula = "ℓ(c) = (1/N) Σₙ gₙ_c,  keep {c : ℓ(c) ≥ τ(s)}";
