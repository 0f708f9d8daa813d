/** What is inside sees the runs a task later than the rest of the page (`lagging-store.ts`). */
import { type ReactNode, useEffect, useMemo } from "react";
import { StudioContext, useStudio } from "../stores/use-studio";
import { laggingStore } from "./lagging-store";

function inTask(work: () => void): () => void {
  const timer = setTimeout(work);
  return () => clearTimeout(timer);
}

export function Later({ children }: { readonly children: ReactNode }) {
  const studio = useStudio();
  const runs = useMemo(() => laggingStore(studio.runs, inTask), [studio]);
  const later = useMemo(() => ({ ...studio, runs }), [studio, runs]);
  useEffect(() => runs.follow(), [runs]);
  return <StudioContext value={later}>{children}</StudioContext>;
}
