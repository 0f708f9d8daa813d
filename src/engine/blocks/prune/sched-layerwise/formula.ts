/** For one layer after the other; δ is a step, A the validation accuracy. */
export const formula = "s ← s + δ  while A(prune(l, s)) ≥ A₀ − τ";
