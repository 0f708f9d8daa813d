/** What a new timeline holds: the three families of methods, overlapping, on a pretrained network and real data. */
import { parseDocument } from "../../engine/document/document";
import json from "../../../examples/studio.json";

export const defaultDocument = parseDocument(json);

/** A timeline without clips on the same network and data. */
export const emptyDocument = parseDocument({ ...json, name: "Untitled", clips: [] });
