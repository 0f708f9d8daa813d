/** Of each scale of batch normalization, drawn anew at each step. */
export const formula = "γ ~ N(μ, v),  L + β Σ KL(γ ‖ N(0, 1)),  keep v/μ² < τ";
