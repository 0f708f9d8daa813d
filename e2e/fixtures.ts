/** What every browser test begins with: the studio opened, its console watched, its requests kept to the origin. */
import { test as base } from "@playwright/test";
import { deflateRawSync } from "node:zlib";
import { Studio } from "./page-models/studio";

interface Fixtures {
  readonly studio: Studio;
  /** What the page said in the console that it should not; a test that provokes errors takes them out. */
  readonly complaints: string[];
}

export const test = base.extend<Fixtures>({
  complaints: async ({ page, baseURL }, use) => {
    const complaints: string[] = [];
    page.on("console", (message) => {
      if (message.type() === "error" || message.type() === "warning") complaints.push(message.text());
    });
    page.on("pageerror", (error) => complaints.push(String(error)));
    page.on("request", (request) => {
      const url = request.url();
      if (!url.startsWith(baseURL!) && !/^(blob|data):/.test(url)) complaints.push(`a request to ${url}`);
    });
    await use(complaints);
    if (complaints.length > 0) throw new Error(`expected a quiet console, got\n${complaints.join("\n")}`);
  },
  // Depends on the complaints, so that they are watched in every test.
  studio: async ({ page, complaints: _ }, use) => {
    await use(new Studio(page));
  },
});

export { expect } from "@playwright/test";

/** The address that carries a document, as the page's own links do. */
export const linkTo = (document: unknown): string =>
  `#p=1.${deflateRawSync(JSON.stringify(document), { level: 9 }).toString("base64url")}`;
