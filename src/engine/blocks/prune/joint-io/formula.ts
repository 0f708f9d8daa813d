/** What makes the channel c and what reads it. */
export const formula = "L + λ Σ_c √(‖K_c^out‖² + ‖K_c^in‖²)";
