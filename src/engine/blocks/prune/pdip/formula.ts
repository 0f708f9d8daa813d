export const formula = "x ← x ⊙ a,  a = σ(θ),  L + μ mean(a),  keep {a ≥ τ}";
