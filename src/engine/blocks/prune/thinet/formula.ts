/** T are the channels gone, x_c what channel c gives to sampled outputs of the next layer, y = Σ x_c. */
export const formula = "min_T ‖Σ_{c ∈ T} x_c‖²,  min_w ‖y − Σ_{c ∉ T} w_c x_c‖²";
