/** Part of every cache key: raise it when the same document may give other numbers. */
export const engineVersion = "0.4.0";
