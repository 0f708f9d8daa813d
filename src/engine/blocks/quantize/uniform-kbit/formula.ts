export const formula = "S = c / (2ᵏ⁻¹ − 1),  ŵ = S · round(clip(w, ±c)/S)";
