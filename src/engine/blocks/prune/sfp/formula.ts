/** Between zeroings the filters go on training. */
export const formula = "Kₒ ← 0 where ‖Kₒ‖ ≤ τ(s),  K ← K − η ∇L for all o";
