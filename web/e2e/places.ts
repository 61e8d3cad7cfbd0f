// What tests about spaces, rooms and people look for on a page.
import type { Page } from "playwright-core";
import type {} from "./fake.js";

export const spaceId = (n: number) => `!space${n}:example.org`;
export const spaceHash = (n: number, more = "") => `#/space/${encodeURIComponent(spaceId(n))}${more}`;
export const button = (page: Page, name: string | RegExp) => page.getByRole("button", { name });
export const space = (page: Page, name: RegExp) => page.getByRole("treeitem", { name });
export const place = (page: Page, name: string) => page.locator(".place", { has: page.locator(".about-name", { hasText: name }) }).first();
export const said = (page: Page, words: string | RegExp) => page.getByRole("status").filter({ hasText: words });
export const asked = (page: Page) => page.evaluate(() => fake.asked.map((what) => what.join(" ")));
