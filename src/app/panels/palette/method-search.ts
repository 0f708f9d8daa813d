/** The methods of the palette: how they are found, grouped and tagged. */
import { type BlockFamily, type BlockMeta, familyOf } from "../../../engine/blocks/block";
import { catalog } from "../../../engine/blocks/catalog";
import { type Citation, citations } from "../../../survey/citations";
import { blockName } from "../../edits/clip-names";
import { catalogue } from "../../i18n/catalogue";

export const methods: readonly BlockMeta[] = catalog;

/** Lower case, and full-width letters as narrow ones: what is typed and what is printed compare. */
const plain = (text: string): string => text.normalize("NFKC").toLowerCase();

const citationWords = ({ authors, title, venue, year, survey }: Citation): string =>
  [authors, title, venue, year, survey === undefined ? "" : `[${survey}]`].join(" ");

/** Names in both languages, the ids that it covers, its family, and where it comes from. */
const searchable: ReadonlyMap<string, string> = new Map(
  methods.map((meta) => {
    const { en, zh } = blockName(meta.id);
    const kind = catalogue.common[familyOf(meta.id)];
    const from = meta.citations.flatMap((key) => [key, citationWords(citations[key])]);
    return [meta.id, plain([en, zh, kind.en, kind.zh, meta.id, ...meta.covers, ...from].join(" "))];
  }),
);

/** Every word of the query occurs somewhere; all methods for an empty one. In the catalogue's order. */
export function searchMethods(query: string): BlockMeta[] {
  const wanted = plain(query)
    .split(/\s+/)
    .filter((word) => word !== "");
  return methods.filter(({ id }) => wanted.every((word) => searchable.get(id)?.includes(word)));
}

export interface MethodGroup {
  readonly kind: BlockFamily;
  readonly methods: readonly BlockMeta[];
}

const kinds: readonly BlockFamily[] = ["prune", "quantize", "distill", "joint", "train", "model"];

/** Families that have no method are left out. */
export const groupMethods = (found: readonly BlockMeta[]): MethodGroup[] =>
  kinds.flatMap((kind) => {
    const own = found.filter(({ id }) => familyOf(id) === kind);
    return own.length > 0 ? [{ kind, methods: own }] : [];
  });

/** `[21]`: the number in the survey's list; else the first author and the year. */
export function citationTag({ citations: keys }: Pick<BlockMeta, "citations">): string {
  const sources = keys.map((key) => citations[key]);
  const listed = sources.find(({ survey }) => survey !== undefined);
  if (listed) return `[${listed.survey}]`;
  const [first] = sources;
  if (!first) return "";
  const surname = first.authors.split(",", 1)[0]?.split(" ").at(-1);
  return `${surname} ${first.year}`;
}
