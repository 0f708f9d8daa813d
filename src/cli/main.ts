/** The command line: the studio's engine in Node. `npm run -s studio -- <command>`. */
import { readFileSync } from "node:fs";
import { Command, CommanderError, Option } from "commander";
import { benchCommand } from "./commands/bench";
import { evalCommand, exportCommand, inspectCommand } from "./commands/files";
import { listBlocks, listDatasets, listRecipes, listZoo, showRecipe } from "./commands/lists";
import { runCommand } from "./commands/run";
import { sensitivityCommand } from "./commands/sensitivity";
import { validateCommand } from "./commands/validate";
import { verifyCommand } from "./commands/verify";
import { exitCodeOf, printError } from "./output";

const { version } = JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8")) as {
  version: string;
};

const collect = (value: string, before: readonly string[]): string[] => [...before, value];
const json = () => new Option("--json", "print one JSON value on stdout and nothing else");
const set = () =>
  new Option("--set <path=value>", "change one place of the document, e.g. clips.p1.params.sparsity=0.9")
    .argParser(collect)
    .default([]);
const backend = () => new Option("--backend <name>", "auto, wasm or cpu").default("wasm");

let exitCode = 0;

function program(): Command {
  const root = new Command("studio")
    .description("Compress neural networks on a timeline and measure the file that comes out.")
    .version(version)
    .exitOverride()
    .configureOutput({ writeErr: () => undefined });
  const command = (usage: string, description: string) => root.command(usage).description(description);

  command("blocks", "list the methods").addOption(json()).action(listBlocks);
  command("recipes", "list the survey's experiments").addOption(json()).action(listRecipes);
  command("zoo", "list the pretrained networks").addOption(json()).action(listZoo);
  command("datasets", "list the data sets").addOption(json()).action(listDatasets);
  command("recipe <id>", "print a recipe, or one arm's document")
    .option("--arm <name>", "print this arm's document")
    .addOption(json())
    .action(showRecipe);
  command("verify <recipe>", "run a recipe's arms on paired seeds and judge its claim")
    .option("--quick", "one seed only")
    .addOption(json())
    .action(verifyCommand);
  command("validate <document>", "findings and combinations of a document (a file, or - for standard input)")
    .addOption(set())
    .addOption(json())
    .action(async (document: string, options: { json?: boolean; set?: string[] }) => {
      exitCode = await validateCommand(document, options);
    });
  command("run <document>", "run a document (a file, recipe:ID, or - for standard input)")
    .option("--out <folder>", "where the compressed file and the points go", "runs/latest")
    .option("--seed <n>", "use this seed instead of the document's")
    .addOption(backend())
    .addOption(set())
    .option("--no-cache", "start from the beginning, keep no states")
    .addOption(json())
    .action(runCommand);
  command("sensitivity <document>", "accuracy with each layer alone pruned, at 0.1 to 0.9 (a file, recipe:ID, or -)")
    .option("--clip <id>", "of the network that this pruning clip meets, as it prunes; else of the source's channels")
    .option("--images <n>", "at most so many validation images")
    .option("--within <loss>", "ratios with which each layer alone loses at most this accuracy, e.g. 0.01")
    .option("--budget <share>", "ratios that keep this share at the least loss: bytes=0.5 or macs=0.5")
    .option("--out <file>", "write the document with these ratios in the clip's layers")
    .addOption(backend())
    .addOption(set())
    .addOption(json())
    .action(sensitivityCommand);
  command("inspect <file>", "bytes by parameter and stream, the network, the document inside")
    .addOption(json())
    .action(inspectCommand);
  command("eval <file>", "decode a file and score it")
    .option("--dataset <id>", "other data than the document inside names")
    .option("--split <name>", "train, validation or test", "test")
    .option("--all", "all images of the split, not only those of the document")
    .addOption(backend())
    .addOption(json())
    .action(evalCommand);
  command("export <file>", "write another format: tfjs (a LayersModel: model.json and weights.bin)")
    .requiredOption("--format <name>", "tfjs")
    .requiredOption("--out <folder>", "where the files go")
    .action(exportCommand);
  command("bench [names...]", "run the benchmarks: throughput, torch, memory, codec, growth, shrunk, profile")
    .option("--quick", "fewer networks and repeats")
    .option("--against-torch", "PyTorch on this machine as well")
    .option("--markdown <file>", "put the tables into their places in this file, e.g. docs/benchmarks.md")
    .addOption(json())
    .action(benchCommand);
  return root;
}

try {
  await program().parseAsync();
} catch (error) {
  if (error instanceof CommanderError) {
    if (error.exitCode !== 0) {
      process.stderr.write(`error[usage]: ${error.message.replace(/^error: /, "")}; see studio --help\n`);
      exitCode = 2;
    }
  } else {
    printError(error);
    exitCode = exitCodeOf(error);
  }
}
process.exitCode = exitCode;
