export const formula = "L + λ Σ ‖K_rsi,:‖₂,  K_rsi,: ← 0 where ≤ τ";
