/** Over images n and positions j. */
export const formula = "APoZ(c) = Σₙⱼ 1[aₙⱼ_c = 0] / (N J),  keep {c : APoZ(c) ≤ τ(s)}";
