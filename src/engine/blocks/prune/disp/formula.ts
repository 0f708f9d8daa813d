/** y_g is the output of the unit, I the importances of its layer. */
export const formula = "ℓ(g) = I_g / ‖I‖₂,  I_g = meanₙ |Σ y_g · ∂Lₙ/∂y_g|";
