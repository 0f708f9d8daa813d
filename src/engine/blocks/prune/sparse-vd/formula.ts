/** α is the dropout rate of a weight. */
export const formula = "L + β KL(α),  log α = log σ² − log θ²,  keep log α ≤ 3";
