/** Norms of what makes the channel o. */
export const formula = "ℓ(o) = √Σᵢ Kᵢₒ²,  keep {o : ℓ(o) ≥ τ(s)}";
