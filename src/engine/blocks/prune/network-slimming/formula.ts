/** γ over all channels of the network. */
export const formula = "L + λ Σ |γ_c|,  keep {c : |γ_c| ≥ τ(s)}";
