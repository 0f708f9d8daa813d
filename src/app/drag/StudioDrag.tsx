/** Drag and drop between palette and timeline. */
import type { ReactNode } from "react";

export const StudioDrag = ({ children }: { readonly children: ReactNode }) => children;
