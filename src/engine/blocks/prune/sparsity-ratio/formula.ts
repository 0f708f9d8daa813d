export const formula = "S(c) = #{|w| < mean|w|} / #w,  keep {c : S(c) < θ}";
