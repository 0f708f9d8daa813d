/** A Chromium for the browser tests: the one named by CHROMIUM_PATH, the system's, or Playwright's own. */
import { existsSync } from "node:fs";
import { chromium } from "@playwright/test";

const places = [
  "/usr/bin/chromium",
  "/usr/bin/chromium-browser",
  "/usr/bin/google-chrome",
  "/usr/bin/google-chrome-stable",
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
  "/Applications/Chromium.app/Contents/MacOS/Chromium",
  "C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe",
];

/** @throws with how to get one, where there is none */
export function findChromium(): string {
  const named = process.env["CHROMIUM_PATH"];
  const candidates = named ? [named] : [...places, chromium.executablePath()];
  const found = candidates.find((path) => existsSync(path));
  if (found !== undefined) return found;
  throw new Error(
    `expected a Chromium for the browser tests${named ? ` at CHROMIUM_PATH=${named}` : ""}, found none; ` +
      "get one by `npx playwright install chromium`, or on Debian by `apt-get install chromium`",
  );
}

/** Without a sandbox, as containers forbid it; without what the tests do not need. */
export const chromiumArguments = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-background-networking",
  "--disable-quic",
  "--no-first-run",
];
