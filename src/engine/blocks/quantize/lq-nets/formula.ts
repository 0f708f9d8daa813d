export const formula = "q(x) = nearest of Σ ±v_j,  v ← 0.9 v + 0.1 (BᵀB + εI)⁻¹ Bᵀx";
