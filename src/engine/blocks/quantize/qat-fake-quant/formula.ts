/** The straight-through estimator. */
export const formula = "ŵ = Q(w),  ∂L/∂w = ∂L/∂ŵ · 1[|w| ≤ c]";
