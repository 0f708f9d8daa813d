/** v is a Taylor term and a its multiply-accumulates. */
export const formula = "max Σ v_c x_c,  Σ a_c x_c ≤ B,  v_c = Σ |w · ∂L/∂w|";
