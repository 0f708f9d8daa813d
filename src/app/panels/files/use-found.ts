/** What the person does with a thing that was found: make it the network or the data, open its timeline. */
import { setModelSource } from "../../edits/document-edits";
import type { FoundFile } from "../../stores/files-store";
import type { Studio } from "../../stores/studio";
import { chooseData } from "./sources";

type Found<Kind extends FoundFile["kind"]> = Extract<FoundFile, { readonly kind: Kind }>;

const markUsed = ({ files }: Studio, id: number): void =>
  files.getState().set({ used: new Set([...files.getState().used, id]) });

/** An artefact is stored only now. @throws EngineError what the engine says */
export async function useAsNetwork(studio: Studio, found: Found<"artefact" | "network">): Promise<void> {
  const { engine, document, library, files } = studio;
  let source: string;
  if (found.kind === "network") source = found.model.source;
  else {
    const { name, bytes, report } = found;
    source = (await engine.call("openModel", { files: [{ name, bytes }] })).source;
    const { inputShape, outputs, parameters } = report.network;
    files.getState().learn(source, { kind: "network", name, inputShape, outputs, parameters });
  }
  document.getState().edit(setModelSource(source));
  markUsed(studio, found.id);
  await library.getState().refreshStored();
}

export function useAsData(studio: Studio, found: Found<"dataset">): void {
  const { source, info } = found.dataset;
  studio.document.getState().edit(chooseData(source, info.counts));
  markUsed(studio, found.id);
}
