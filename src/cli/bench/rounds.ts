import { EngineError } from "#engine/core/errors";
import type { Contender, Request } from "./contender";

/** Images per second, one figure for each round. */
export type Rounds = readonly number[];

/**
 * Asks each contender in turns, so that what slows the machine for a while slows all of them.
 *
 * @returns by contender, of `rounds` rounds
 * @throws EngineError `internal` when they do not speak of the same network
 */
export async function roundsOf<Name extends string>(
  contenders: ReadonlyMap<Name, Pick<Contender, "measure">>,
  request: Request,
  rounds: number,
): Promise<Map<Name, Rounds>> {
  const rates = new Map([...contenders.keys()].map((name) => [name, [] as number[]] as const));
  const parameters = new Map<Name, number>();
  for (let round = 0; round < rounds; round++) {
    for (const [name, contender] of contenders) {
      const answer = await contender.measure(request);
      rates.get(name)!.push(answer.imagesPerSecond);
      parameters.set(name, answer.parameters);
    }
  }
  if (new Set(parameters.values()).size > 1) {
    const counts = [...parameters].map(([name, count]) => `${name} ${count}`).join(", ");
    throw new EngineError("internal", `one number of parameters of ${request.network} was expected, got ${counts}`);
  }
  return rates;
}
