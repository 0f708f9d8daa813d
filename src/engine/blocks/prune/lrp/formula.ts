/** R is what the logit hands back, z_k = Σ a_j w_jk damped by epsilon. */
export const formula = "ℓ(c) = meanₙ |Σ R_c|,  R_j = Σₖ a_j w_jk Rₖ / z_k";
