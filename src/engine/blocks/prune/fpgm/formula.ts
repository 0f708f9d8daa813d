export const formula = "ℓ(o) = Σₚ ‖Kₒ − Kₚ‖₂,  keep {o : ℓ(o) ≥ τ(s)}";
