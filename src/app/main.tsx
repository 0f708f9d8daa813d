/** The page, as far as it goes: the engine in its worker, on the example document. The studio's screen is built on this. */
import { useState } from "react";
import { createRoot } from "react-dom/client";
import example from "../../examples/joint.json";
import { parseDocument } from "../engine/timeline/document";
import type { EngineClient, EngineEvents } from "../worker/protocol";
import { spawnEngine } from "../worker/spawn";

type Point = EngineEvents["points"]["points"][number];

const runDocument = parseDocument(example);

function ExampleRun({ engine }: { readonly engine: EngineClient }) {
  const [points, setPoints] = useState<readonly Point[]>([]);
  const [status, setStatus] = useState("ready");
  const running = status === "running";

  async function run() {
    setPoints([]);
    setStatus("running");
    const off = engine.on("points", (news) => setPoints((before) => before.concat(news.points)));
    try {
      await engine.call("run", { runId: "example", document: runDocument });
      setStatus("done");
    } catch (error) {
      setStatus(error instanceof Error ? error.message : String(error));
    } finally {
      off();
    }
  }

  return (
    <main>
      <h1>Compression Studio</h1>
      <p>{runDocument.name}</p>
      <button disabled={running} onClick={() => void run()}>
        Run
      </button>
      <button disabled={!running} onClick={() => void engine.call("cancel", { runId: "example" })}>
        Stop
      </button>
      <p role="status">{status}</p>
      <table>
        <thead>
          <tr>
            <th>step</th>
            <th>clip</th>
            <th>accuracy (measured)</th>
            <th>compression ratio (measured)</th>
            <th>bytes</th>
          </tr>
        </thead>
        <tbody>
          {points.map((p, i) => (
            <tr key={i}>
              <td>{p.step}</td>
              <td>{p.clip}</td>
              <td>{(100 * p.accuracy).toFixed(2)} %</td>
              <td>{p.compressionRatio.toFixed(2)}x</td>
              <td>{p.sizeBytes}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </main>
  );
}

createRoot(document.getElementById("root")!).render(<ExampleRun engine={spawnEngine()} />);
