export const formula = "ŵᵢ = c[kᵢ],  ∂L/∂cⱼ = Σ_{i: kᵢ=j} ∂L/∂ŵᵢ";
