/** γ is the scale of batch normalization behind the channel. */
export const formula = "ℓ(c) = |γ_c|,  keep {c : ℓ(c) ≥ τ(s)}";
