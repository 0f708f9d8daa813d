/** The command line as a person meets it: processes, channels, exit codes. Real runs on the shipped data, kept short. */
import { spawn } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { decodeArtefact } from "#engine/codecs/artefact";
import type { Point } from "#engine/run/measure";

interface Finished {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "studio-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** @param whenSaid sends SIGINT once stderr holds this text */
function studio(args: readonly string[], whenSaid?: string): Promise<Finished> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, ["--import", "tsx", "src/cli/main.ts", ...args], {
      stdio: ["ignore", "pipe", "pipe"],
    });
    let out = "";
    let err = "";
    let interrupted = false;
    child.stdout.on("data", (chunk: Buffer) => (out += chunk.toString()));
    child.stderr.on("data", (chunk: Buffer) => {
      err += chunk.toString();
      if (whenSaid === undefined || interrupted || !err.includes(whenSaid)) return;
      interrupted = true;
      child.kill("SIGINT");
    });
    child.on("error", reject);
    child.on("close", (code) => resolve({ code, out, err }));
  });
}

/** mlp-300-100 on a few images; `steps` of training after an instant pruning. */
async function documentFile(name: string, steps: number): Promise<string> {
  const file = path.join(folder, name);
  const document = {
    version: 1,
    seed: 3,
    dataset: { id: "mnist", train: 200, test: 250 },
    model: { source: "zoo:mlp-300-100-mnist" },
    liveTest: 250,
    clips: [
      { id: "p", block: "prune.magnitude", start: 0, steps: 0, params: { sparsity: 0.8 } },
      { id: "t", block: "train.fine-tune", start: 0, steps },
      { id: "q", block: "quant.uniform-kbit", start: steps, steps: 0, params: { wBits: 5 } },
    ],
  };
  await writeFile(file, JSON.stringify(document));
  return file;
}

describe("run, then eval", () => {
  it("eval of the file is run's figure; twice the same bytes; JSON alone on stdout; points as CSV", async () => {
    const document = await documentFile("short.json", 4);
    const run = (out: string) => studio(["run", document, "--out", path.join(folder, out), "--no-cache", "--json"]);
    const [first, second] = await Promise.all([run("a"), run("b")]);
    expect([first.code, second.code]).toEqual([0, 0]);
    const result = JSON.parse(first.out) as {
      final: Point;
      points: Point[];
      artefact: { path: string; bytes: number; sha256: string };
    };
    expect((JSON.parse(second.out) as typeof result).artefact.sha256).toBe(result.artefact.sha256);
    expect(result.points.map((p) => p.clip)).toEqual([null, "p", "t", "q"]);
    const bytes = new Uint8Array(await readFile(result.artefact.path));
    expect(bytes.length).toBe(result.artefact.bytes);
    expect(decodeArtefact(bytes).sizeBytes).toBe(result.final.sizeBytes);
    const csv = (await readFile(path.join(folder, "a", "points.csv"), "utf8")).trim().split("\n");
    expect(csv).toHaveLength(1 + result.points.length);

    const evaluated = await studio(["eval", result.artefact.path, "--json"]);
    expect(evaluated.code).toBe(0);
    const { accuracy, loss, testImages } = JSON.parse(evaluated.out) as Point;
    expect([accuracy, loss, testImages]).toEqual([result.final.accuracy, result.final.loss, 250]);
  });

  it("Ctrl-C ends the run, leaves the last boundary's file and exits 1", async () => {
    const document = await documentFile("long.json", 100_000);
    const out = path.join(folder, "stopped");
    const {
      code,
      out: stdout,
      err,
    } = await studio(["run", document, "--out", out, "--no-cache", "--json"], "step 0 · p");
    expect(code).toBe(1);
    expect(stdout).toBe("");
    expect(err).toContain("error[cancelled]");
    const kept = decodeArtefact(new Uint8Array(await readFile(path.join(out, "compressed.csnet"))));
    expect(kept.snapshot.states.size).toBeGreaterThan(0);
  });
});

describe("bad input exits 2 with a coded error and nothing on stdout", () => {
  it.each([
    ["a document that is not there", ["run", "nowhere.json"], "asset-missing"],
    ["a parameter out of range", ["run", "SHORT", "--set", "clips.p.params.sparsity=2"], "invalid-params"],
    ["a recipe that is none", ["run", "recipe:t9-99"], "unknown-recipe"],
    ["a file that is no artefact", ["inspect", "SHORT"], "invalid-file"],
    ["an export format that is none", ["export", "SHORT", "--format", "coreml", "--out", "x"], "unknown-format"],
    ["a command that is none", ["frobnicate"], "usage"],
  ])("%s", async (_, args, errorCode) => {
    const short = await documentFile("bad.json", 4);
    const { code, out, err } = await studio(args.map((a) => (a === "SHORT" ? short : a)));
    expect([code, out]).toEqual([2, ""]);
    expect(err).toMatch(new RegExp(`^error\\[${errorCode}\\]: `, "m"));
  });
});

it("--version and --help", async () => {
  const [version, help] = await Promise.all([studio(["--version"]), studio(["--help"])]);
  expect([version.code, help.code]).toEqual([0, 0]);
  expect(version.out).toMatch(/^\d+\.\d+\.\d+\n$/);
  for (const command of [
    "blocks",
    "recipes",
    "zoo",
    "datasets",
    "recipe",
    "verify",
    "validate",
    "run",
    "inspect",
    "eval",
    "export",
    "bench",
  ]) {
    expect(help.out).toContain(`${command} `);
  }
});

describe("sensitivity", () => {
  it("tells accuracies cell by cell, chooses ratios, and writes them into the clip's layers", async () => {
    const document = await documentFile("scan.json", 4);
    const out = path.join(folder, "scanned.json");
    const scan = await studio([
      ...["sensitivity", document, "--clip", "p", "--images", "100"],
      ...["--budget", "bytes=0.7", "--out", out, "--json"],
    ]);
    expect(scan.code).toBe(0);
    const found = JSON.parse(scan.out) as {
      kind: string;
      cells: { layer: string; ratio: number; accuracy: number }[];
      plan: { ratios: Record<string, number>; reached: boolean };
    };
    expect(found.kind).toBe("weights");
    // Three layers at nine ratios.
    expect(found.cells).toHaveLength(27);
    expect(scan.err.trim().split("\n")).toHaveLength(27);
    expect(found.plan.reached).toBe(true);
    const written = JSON.parse(await readFile(out, "utf8")) as {
      clips: { layers?: Record<string, { sparsity: number }> }[];
    };
    expect(
      Object.fromEntries(Object.entries(written.clips[0]!.layers!).map(([id, { sparsity }]) => [id, sparsity])),
    ).toEqual(found.plan.ratios);
  });

  it.each([
    [["--clip", "q"], /expected a clip that prunes, got 'q'/],
    [["--within", "2"], /--within expected a fraction from 0 to 1, got '2'/],
    [["--budget", "flops=0.5"], /--budget expected bytes=<share> or macs=<share>, got 'flops=0.5'/],
    [["--out", "x.json"], /--out expected --clip and one of --within and --budget/],
  ])("%j is refused", async (args, message) => {
    const document = await documentFile("refused.json", 4);
    const { code, err } = await studio(["sensitivity", document, ...args]);
    expect(code).toBe(2);
    expect(err).toMatch(message);
  });
});

describe("decisions", () => {
  it("are said as they come, and listed in the JSON without pictures; so is what a guard took back", async () => {
    const document = await documentFile("guarded.json", 4);
    const run = await studio([
      ...["run", document, "--out", path.join(folder, "guarded"), "--no-cache", "--json"],
      ...["--set", "clips.p.params.sparsity=0.99", "--set", "clips.p.params.accuracyGuard=0.01"],
    ]);
    expect(run.code).toBe(0);
    expect(run.err).toMatch(/decision 1 of p at step 0 removes [\d,]+ weights/);
    expect(run.err).toMatch(
      /decision 1 of p at step 0 is taken back: validation accuracy fell from .* it decides no more/,
    );
    const { decisions } = JSON.parse(run.out) as { decisions: { kind: string; clip: string; layers?: object[] }[] };
    // The third is the quantizer's: which widths it gave.
    expect(decisions.map(({ kind, clip }) => [kind, clip])).toEqual([
      ["taken", "p"],
      ["taken-back", "p"],
      ["taken", "q"],
    ]);
    expect(Object.keys(decisions[0]!.layers![0]!)).toEqual(["layer", "weights", "units", "threshold"]);
  });
});
