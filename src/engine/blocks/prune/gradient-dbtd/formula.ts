export const formula = "τ = Φ⁻¹((1+p)/2) · σ̂,  g ← τ sign g where |g| > rτ, or 0";
