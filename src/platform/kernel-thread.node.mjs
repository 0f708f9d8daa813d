/** A thread of compiled kernels in Node. Plain JavaScript: it is loaded as it is, by whatever runs the program. */
import { parentPort, workerData } from "node:worker_threads";
import { linkThread } from "../engine/backend/kernel-tasks.mjs";

const serve = linkThread(workerData);
parentPort.postMessage("ready");
serve();
