/** What a document may call a network, and what is wrong with a name before anything is opened. Light. */
import { buildIds, parseBuild } from "../zoo/build-ids";
import { zooIds } from "../zoo/zoo-ids";

/** Names after `build:`, without settings. */
export const builtNetworks: readonly string[] = buildIds;

export interface NetworkProblem {
  readonly message: string;
  readonly cure: string;
  readonly id: string;
}

/** Of a source or a reference; undefined where there is such a network, or where only a run can tell (`file:`). */
export function networkProblem(reference: string): NetworkProblem | undefined {
  const colon = reference.indexOf(":");
  const id = reference.slice(colon + 1);
  if (reference.startsWith("build:")) {
    const build = parseBuild(id);
    return "problem" in build ? { id, message: build.problem, cure: "see the list of networks" } : undefined;
  }
  if (!reference.startsWith("zoo:") || zooIds.includes(id)) return undefined;
  return {
    id,
    message: `expected a network of the zoo (${zooIds.join(", ")}), got '${id}'`,
    cure: "choose one of them",
  };
}
