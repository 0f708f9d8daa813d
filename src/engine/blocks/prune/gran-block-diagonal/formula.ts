/** In each tile of p x p. */
export const formula = "keep w_ij where (j − i) mod p = k,  k = argmax Σ w²";
