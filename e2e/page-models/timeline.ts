/** The timeline: lanes of clips under a ruler of steps. */
import { expect, type Locator, type Page } from "@playwright/test";

export type Lane = "Model" | "Prune" | "Quantize" | "Distil" | "Train";

/** Where a clip lies, as its name says. */
export interface Place {
  readonly from: number;
  readonly to: number;
}

export class Timeline {
  readonly region: Locator;
  readonly combinations: Locator;

  constructor(private readonly page: Page) {
    this.region = page.getByRole("region", { name: "Timeline" });
    this.combinations = this.region.getByRole("group", { name: "Joint method" });
  }

  lane(lane: Lane): Locator {
    return this.region.getByRole("group", { name: `${lane} lane` });
  }

  clips(lane: Lane): Locator {
    return this.lane(lane).getByRole("button");
  }

  clip(name: string | RegExp): Locator {
    return this.region.getByRole("button", { name }).first();
  }

  tool(name: string): Locator {
    return this.region.getByRole("group", { name: "Timeline tools" }).getByRole("button", { name });
  }

  async placeOf(clip: Locator): Promise<Place> {
    const name = (await clip.getAttribute("aria-label")) ?? "";
    const number = (text: string | undefined) => Number(text?.replaceAll(",", ""));
    const [, from, to] = /from step ([\d,]+) to ([\d,]+)/.exec(name) ?? [];
    if (from !== undefined) return { from: number(from), to: number(to) };
    const [, at] = /at step ([\d,]+)/.exec(name) ?? [];
    return { from: number(at), to: number(at) };
  }

  async expectPlace(clip: Locator, place: Place): Promise<void> {
    await expect.poll(() => this.placeOf(clip)).toEqual(place);
  }

  /** Presses on something, moves by so many pixels, and lets go. */
  async drag(what: Locator, by: { readonly x: number; readonly y?: number }): Promise<void> {
    const box = (await what.boundingBox())!;
    const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
    await this.page.mouse.move(x, y);
    await this.page.mouse.down();
    for (let part = 1; part <= 8; part++) {
      await this.page.mouse.move(x + (by.x * part) / 8, y + ((by.y ?? 0) * part) / 8);
    }
    await this.page.mouse.up();
  }
}
