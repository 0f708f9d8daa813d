/** The page, as far as it goes: the engine in its worker, on the example document. The studio's screen is built on this. */
import { useState } from "react";
import { createRoot } from "react-dom/client";
import example from "../../examples/joint.json";
import { parseDocument } from "../engine/timeline/document";
import type { EngineClient, EngineEvents } from "../worker/protocol";
import { spawnEngine } from "../worker/spawn";
import "./page.css";
import { pageWords } from "./words";

type Point = EngineEvents["points"]["points"][number];
type Status = "ready" | "running" | "done" | { readonly error: string };

const runId = "example";
const runDocument = parseDocument(example);
const language = navigator.language.startsWith("zh") ? "zh" : "en";
const say = (key: keyof typeof pageWords) => pageWords[key][language];

function ExampleRun({ engine }: { readonly engine: EngineClient }) {
  const [points, setPoints] = useState<readonly Point[]>([]);
  const [status, setStatus] = useState<Status>("ready");
  const running = status === "running";

  async function run() {
    setPoints([]);
    setStatus("running");
    const listening = [
      engine.on("points", (news) => setPoints((before) => before.concat(news.points))),
      // An engine that died and runs again tells all its points anew.
      engine.on("state", ({ state }) => state === "started" && setPoints([])),
    ];
    try {
      await engine.call("run", { runId, document: runDocument });
      setStatus("done");
    } catch (error) {
      setStatus({ error: error instanceof Error ? error.message : String(error) });
    } finally {
      for (const stopListening of listening) stopListening();
    }
  }

  return (
    <main>
      <h1>{say("title")}</h1>
      <p>{say("example")}</p>
      <p>
        <button disabled={running} onClick={() => void run()}>
          {say("run")}
        </button>{" "}
        <button disabled={!running} onClick={() => void engine.call("cancel", { runId })}>
          {say("stop")}
        </button>
      </p>
      <p role="status">{typeof status === "string" ? say(status) : status.error}</p>
      <table>
        <thead>
          <tr>
            {(["step", "clip", "accuracy", "ratio", "bytes"] as const).map((column) => (
              <th key={column} scope="col">
                {say(column)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {points.map((p) => (
            <tr key={`${p.step}/${p.clip}`}>
              <td>{p.step}</td>
              <td>{p.clip}</td>
              <td>{(100 * p.accuracy).toFixed(2)} %</td>
              <td>{p.compressionRatio.toFixed(2)}x</td>
              <td>{p.sizeBytes.toLocaleString(language)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </main>
  );
}

document.documentElement.lang = language;
createRoot(document.getElementById("root")!).render(<ExampleRun engine={spawnEngine()} />);
