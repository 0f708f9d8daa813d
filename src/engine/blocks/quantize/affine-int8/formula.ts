export const formula = "q = clip(round(x/S) + Z, 0, 2ᵇ − 1),  x̂ = S · (q − Z)";
