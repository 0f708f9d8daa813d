/** Over all weights i of the filter o. */
export const formula = "ℓ(o) = Σᵢ |Kᵢₒ|,  keep {o : ℓ(o) ≥ τ(s)}";
