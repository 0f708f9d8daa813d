/** A fresh draw of the weights; what was there before still counts as the original. */
export const formula = "θ ← θ₀(seed),  ratio = bytes(θ_orig) / bytes(θ)";
