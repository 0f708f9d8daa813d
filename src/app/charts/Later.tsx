/**
 * What is inside is drawn when the page has time for it, each after the one before; then it sees the runs a task later
 * than the rest of the page (`lagging-store.ts`).
 */
import { type ReactNode, startTransition, useEffect, useMemo, useState } from "react";
import { StudioContext, useStudio } from "../stores/use-studio";
import { inTurn } from "./in-turn";
import { laggingStore } from "./lagging-store";

function inTask(work: () => void): () => void {
  const timer = setTimeout(work);
  return () => clearTimeout(timer);
}

interface Props {
  /** In its place until then. */
  readonly waiting: ReactNode;
  readonly children: ReactNode;
}

export function Later({ waiting, children }: Props) {
  const [due, setDue] = useState(false);
  useEffect(() => inTurn(() => startTransition(() => setDue(true))), []);
  return due ? <Lagging>{children}</Lagging> : waiting;
}

function Lagging({ children }: { readonly children: ReactNode }) {
  const studio = useStudio();
  const runs = useMemo(() => laggingStore(studio.runs, inTask), [studio]);
  const later = useMemo(() => ({ ...studio, runs }), [studio, runs]);
  useEffect(() => runs.follow(), [runs]);
  return <StudioContext value={later}>{children}</StudioContext>;
}
