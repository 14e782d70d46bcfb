// SPDX-License-Identifier: BSD-2-Clause
//
// Property: a page of `twopart report` works in a browser without a network, for a reader who points,
// clicks, prints, holds a telephone, or has scripts off.  Method: Chromium through playwright-core.
//
//   node page.mjs FILE.html DIRECTORY      screenshots go into DIRECTORY
//
// Environment: PLAYWRIGHT (folder of playwright-core), CHROMIUM (the browser's program).
import { createRequire } from "node:module";
import { mkdirSync } from "node:fs";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";

const [file, directory] = process.argv.slice(2);
const { chromium } = createRequire(import.meta.url)(resolve(process.env.PLAYWRIGHT));
const address = pathToFileURL(resolve(file)).href;
const PATIENCE_MS = 120000; // on a machine that is busy with other work
let failed = 0;

function check(what, good, found = "") {
  console.log(`${good ? "ok" : "not ok"} - ${what}${good || found === "" ? "" : ` (found: ${found})`}`);
  failed += !good;
}

// Marks that carry data in the scene of each view; with class names of the library.
const countMarks = () => Object.fromEntries(Object.entries(window.charts.views).map(([name, view]) => {
  let n = 0;
  const visit = (item) => {
    for (const mark of item.items || []) {
      if (mark.role === "mark" && mark.marktype !== "group") n += mark.items.filter((i) => i.opacity !== 0).length;
      for (const child of mark.items || []) if (child.items) visit(child);
    }
  };
  for (const root of view.scenegraph().root.items) visit(root);
  return [name, n];
}));

// Points of a line are the items of its mark, so a line of three points counts three.
async function open(browser, options) {
  const context = await browser.newContext({ ...options, offline: true });
  context.setDefaultTimeout(PATIENCE_MS);
  const page = await context.newPage();
  const said = [], asked = [];
  page.on("console", (message) => { if (["error", "warning"].includes(message.type())) said.push(message.text()); });
  page.on("pageerror", (error) => said.push(String(error)));
  page.on("request", (request) => {
    if (request.url() !== address && !/^(data|blob):/.test(request.url())) asked.push(request.url());
  });
  await page.goto(address);
  return { context, page, said, asked };
}

const overflow = () => document.documentElement.scrollWidth - document.documentElement.clientWidth;

async function shoot(page, name, full = true) {
  await page.screenshot({ path: `${directory}/${name}.png`, fullPage: full });
}

async function desk(browser) {
  const { context, page, said, asked } = await open(browser, { viewport: { width: 1600, height: 1000 } });
  const n_charts = await page.locator("script[data-chart]").count();
  await page.locator("section.chart").first().scrollIntoViewIfNeeded();
  if (n_charts) {
    await page.waitForFunction(() => Object.keys(window.charts.views).length > 0);
    const first = await page.evaluate(() => performance.getEntriesByName("first-chart")[0].startTime);
    console.log(`# first chart ${Math.round(first)} ms after the address was given`);
  }
  await page.evaluate(() => window.scrollTo(0, 0));
  await shoot(page, "desk-first-screen", false);
  await page.evaluate(() => window.charts.drawAll());
  const marks = await page.evaluate(countMarks);
  console.log(`# marks ${JSON.stringify(marks)}`);
  check("every chart is drawn", Object.keys(marks).length === n_charts, JSON.stringify(marks));
  for (const [name, n] of Object.entries(marks)) check(`chart ${name} has marks`, n > 0, n);
  check("charts were drawn without a word on the console", said.length === 0, said.join(" | "));
  check("1600 px: no scrolling sideways", (await page.evaluate(overflow)) <= 0);
  await shoot(page, "desk");
  for (const name of Object.keys(marks)) await legend(page, name, marks[name]);
  await sorting(page);
  check("console is silent after all clicks", said.length === 0, said.join(" | "));
  check("no request", asked.length === 0, asked.join(" "));
  await context.close();
}

// Choose one entry of the legend: other marks vanish; choose nothing: they are back.
async function legend(page, name, before) {
  const symbols = page.locator(`#chart-${name} .role-legend-symbol path`);
  const n_entries = await symbols.count();
  if (n_entries < 2) return console.log(`# chart ${name}: a legend of ${n_entries}`);
  await symbols.first().scrollIntoViewIfNeeded();
  await symbols.first().click();
  await page.waitForTimeout(150);
  const chosen = (await page.evaluate(countMarks))[name];
  check(`chart ${name}: a click on the legend changes the marks`, chosen > 0 && chosen < before, `${before} -> ${chosen}`);
  await page.locator(`#chart-${name}`).screenshot({ path: `${directory}/chart-${name}-legend.png` });
  await symbols.first().click();
  await page.waitForTimeout(150);
  const after = (await page.evaluate(countMarks))[name];
  check(`chart ${name}: another click brings them back`, after === before, `${chosen} -> ${after}`);
  await page.locator(`#chart-${name}`).screenshot({ path: `${directory}/chart-${name}.png` });
}

async function sorting(page) {
  const head = page.locator("table:has(tbody tr:nth-child(3)) thead th.n button").first();
  if (!(await head.count())) return;
  const column = (table) => {
    const at = table.querySelector("[aria-sort]").cellIndex;
    return [...table.tBodies[0].rows].map((row) => parseFloat(row.cells[at].textContent.replace(/,/g, "")))
      .filter((number) => !Number.isNaN(number));
  };
  const details = page.locator("details:has(table)");
  for (let i = 0; i < (await details.count()); i++) await details.nth(i).evaluate((d) => { d.open = true; });
  await head.click();
  const numbers = await page.locator("table:has([aria-sort])").evaluate(column);
  check("a click on a heading sorts the table", numbers.every((n, i) => i === 0 || numbers[i - 1] <= n), numbers.slice(0, 5));
}

async function telephone(browser, scheme) {
  const { context, page, said } = await open(browser, { viewport: { width: 360, height: 740 }, colorScheme: scheme });
  await page.evaluate(() => window.charts.drawAll());
  check(`360 px, ${scheme}: no scrolling sideways`, (await page.evaluate(overflow)) <= 0, await page.evaluate(overflow));
  check(`360 px, ${scheme}: console is silent`, said.length === 0, said.join(" | "));
  await shoot(page, `telephone-${scheme}`);
  await context.close();
}

async function dark(browser) {
  const { context, page } = await open(browser, { viewport: { width: 1200, height: 900 }, colorScheme: "dark" });
  await page.evaluate(() => window.charts.drawAll());
  await shoot(page, "desk-dark");
  await page.emulateMedia({ colorScheme: "light" });
  await page.waitForTimeout(500);
  const marks = await page.evaluate(countMarks);
  check("charts survive a change of the theme", Object.values(marks).every((n) => n > 0), JSON.stringify(marks));
  await context.close();
}

async function print(browser) {
  const { context, page } = await open(browser, { viewport: { width: 900, height: 1000 } });
  await page.evaluate(() => window.charts.drawAll());
  await page.emulateMedia({ media: "print" });
  await page.evaluate(() => dispatchEvent(new Event("beforeprint")));
  const shown = await page.evaluate(() => [...document.querySelectorAll("section.chart:not(.undrawn)")].map((section) => [
    section.querySelector(".live").offsetHeight, section.querySelector("img").offsetHeight]));
  check("print: a drawing instead of each chart that has one", shown.every(([live, image]) => live === 0 && image > 0),
    JSON.stringify(shown));
  await page.pdf({ path: `${directory}/print.pdf`, format: "A4", margin: { top: "15mm", bottom: "15mm", left: "14mm", right: "14mm" } });
  await context.close();
}

async function withoutScripts(browser) {
  const { context, page } = await open(browser, { viewport: { width: 1200, height: 900 }, javaScriptEnabled: false });
  const sections = await page.locator("section.chart").count();
  const complete = await page.locator("section.chart:has(img), section.chart:has(table), section.chart:has(a[href='#tables'])").count();
  check("without scripts: every chart has a drawing, its numbers, or the way to them", sections === complete, `${complete} of ${sections}`);
  const images = page.locator("section.chart img");
  for (let i = 0; i < (await images.count()); i++)
    check(`without scripts: drawing ${i + 1} is seen`, (await images.nth(i).boundingBox())?.height > 40);
  await shoot(page, "without-scripts");
  await context.close();
}

mkdirSync(directory, { recursive: true });
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM, args: process.getuid() === 0 ? ["--no-sandbox"] : [],
});
try {
  await desk(browser);
  await telephone(browser, "light");
  await telephone(browser, "dark");
  await dark(browser);
  await print(browser);
  await withoutScripts(browser);
} finally {
  await browser.close();
}
console.log(`# screenshots in ${directory}`);
process.exit(failed ? 1 : 0);
