export const formula = "L = α T² KL(σ(zₜ/T) ‖ σ(zₛ/T))  + (1 − α) CE(y, zₛ)";
