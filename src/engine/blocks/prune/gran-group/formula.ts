/** The same places r, s, i for all filters. */
export const formula = "ℓ(rsi) = ‖K_rsi,:‖₂,  keep {rsi : ℓ ≥ τ(s)}";
