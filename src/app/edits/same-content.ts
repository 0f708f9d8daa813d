/** Whether two documents do the same; names do not count. */
import { hashableJson, type TimelineDocument } from "../../engine/document/document";

/** Documents are compared at each edit, and never change. */
const jsonOf = new WeakMap<TimelineDocument, string>();

function comparable(document: TimelineDocument): string {
  let json = jsonOf.get(document);
  if (json === undefined) jsonOf.set(document, (json = hashableJson(document)));
  return json;
}

export const sameContent = (a: TimelineDocument, b: TimelineDocument): boolean =>
  a === b || comparable(a) === comparable(b);
