/** C are the multiply-accumulates of a candidate n, B what is aimed at. */
export const formula = "max_n  A(n) − μ max(0, C(n)/B − 1)";
