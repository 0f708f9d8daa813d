/** `validate DOC`: findings and combinations. Exit 2 when there are errors. */
import { combinations } from "#survey/combinations";
import { classify } from "#engine/document/classify";
import { validate } from "#engine/document/validate";
import { readDocument } from "../document-input";
import { type OutputOptions, print } from "../output";

export async function validateCommand(
  reference: string,
  options: OutputOptions & { readonly set?: readonly string[] },
): Promise<number> {
  const document = await readDocument(reference, options);
  const findings = validate(document);
  const combos = classify(document);
  const lines = [
    ...findings.map(
      (f) => `${f.severity}[${f.code}]${f.clipId === undefined ? "" : ` clip '${f.clipId}'`}: ${f.message}; ${f.cure}`,
    ),
    ...combos.map((id) => `${id}  ${combinations[id].name.en} · ${combinations[id].name.zh}`),
  ];
  print({ findings, combos }, lines.join("\n") || "no findings, no combination", options);
  return findings.some((f) => f.severity === "error") ? 2 : 0;
}
