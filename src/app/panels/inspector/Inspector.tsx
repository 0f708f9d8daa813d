/** What is selected, in full: a clip, or the document where none is. */
import { shownDocument } from "../../stores/document-store";
import { useDocument } from "../../stores/use-studio";
import { clipOf } from "../../edits/clip-edits";
import { ClipInspector } from "./ClipInspector";
import { DocumentInspector } from "./DocumentInspector";
import "./inspector.css";

export function Inspector() {
  const clip = useDocument((state) => clipOf(shownDocument(state), state.selected));
  return (
    <section className="inspector-panel" aria-labelledby="inspector-title">
      {clip ? <ClipInspector key={clip.id} clip={clip} /> : <DocumentInspector />}
    </section>
  );
}
