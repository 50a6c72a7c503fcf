import { existsSync, mkdirSync } from 'node:fs';
import { resolve } from 'node:path';
import axe from 'axe-core';
import { chromium, type Browser, type BrowserContextOptions, type Locator, type Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect } from 'vitest';
import { startTestNode, type TestNode } from '../support/server.js';

const CHROMIUM = [process.env['CHROMIUM'], '/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find(
  (path) => path !== undefined && existsSync(path),
);
const CONSOLE = resolve('dist/console');
const SCREENSHOTS = 'docs/screenshots';
const ARGUMENTS = ['--no-sandbox', '--disable-background-networking', '--disable-component-update', '--disable-sync'];
/** WCAG 2.2 AA, and what else axe holds for good practice. */
const RULES = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

type NodeOptions = Parameters<typeof startTestNode>[0];

interface Violation {
  readonly id: string;
  readonly nodes: readonly { readonly target: readonly unknown[]; readonly failureSummary?: string }[];
}

/** A page of the console in a browser, on the server that it came from. */
export class ConsolePage {
  /** What the page complained of, and what it asked of other hosts. Nothing is expected: `describeConsole` looks after each test. */
  readonly complaints: string[] = [];

  constructor(
    readonly page: Page,
    readonly node: TestNode,
  ) {
    page.on('pageerror', ({ message }) => this.complaints.push(message));
    page.on('console', (message) => {
      if (message.type() === 'error' || message.type() === 'warning') this.complaints.push(message.text());
    });
    page.on('request', (request) => {
      const { host, protocol } = new URL(request.url());
      if (host !== new URL(node.url).host && protocol !== 'data:' && protocol !== 'blob:') this.complaints.push(`asks ${request.url()}`);
    });
  }

  /** Opens an address of the console, and waits for its title. */
  async open(path: string): Promise<void> {
    await this.page.goto(`${this.node.url}${path}`);
    await this.heading().waitFor();
  }

  /** Browsers tell of answers that are no success: this one belongs to the test. */
  expectStatus(status: number): void {
    const expected = `Failed to load resource: the server responded with a status of ${status} `;
    this.page.on('close', () => {
      const others = this.complaints.filter((complaint) => !complaint.startsWith(expected));
      this.complaints.splice(0, Infinity, ...others);
    });
  }

  heading(): Locator {
    return this.page.getByRole('heading', { level: 1 });
  }

  /** Waits until events come, so that what happens from then on is heard of. */
  untilLive(): Promise<void> {
    return this.page.getByRole('status').getByText('Live', { exact: true }).waitFor();
  }

  /** What axe finds wrong, and where. */
  async violations(): Promise<readonly string[]> {
    await this.page.evaluate(axe.source);
    const violations = await this.page.evaluate<readonly Violation[], readonly string[]>(async (rules) => {
      const { axe } = globalThis as unknown as { axe: { run(options: object): Promise<{ violations: readonly Violation[] }> } };
      // What moves in or out is half transparent.
      await Promise.all(document.getAnimations().map((animation) => animation.finished.catch(() => undefined)));
      return (await axe.run({ runOnly: rules })).violations.map(({ id, nodes }) => ({ id, nodes }));
    }, RULES);
    return violations.flatMap(({ id, nodes }) =>
      nodes.map(({ target, failureSummary }) => `${id}: ${target.join(' ')}: ${failureSummary ?? ''}`),
    );
  }

  /** Whether all of it can be read without scrolling sideways. */
  fits(): Promise<boolean> {
    return this.page.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth);
  }

  /** Into docs/screenshots, where `SCREENSHOTS=1` asks for it: pictures differ with each run, and are kept in the repository. */
  async screenshot(name: string): Promise<void> {
    if (!process.env['SCREENSHOTS']) return;
    mkdirSync(SCREENSHOTS, { recursive: true });
    await this.page.screenshot({ path: `${SCREENSHOTS}/${name}.png` });
  }
}

interface Consoles {
  /** A server of its own, and a page on it that was not opened yet. */
  readonly start: (node?: NodeOptions, context?: BrowserContextOptions) => Promise<ConsolePage>;
  /** Another page on a server, as another window. */
  readonly beside: (other: ConsolePage, context?: BrowserContextOptions) => Promise<ConsolePage>;
}

/** Tests in a real browser against a real server, on the console as it was built. Left out, and said aloud, where there is no browser. */
export function describeConsole(name: string, tests: (consoles: Consoles) => void): void {
  if (CHROMIUM === undefined)
    console.warn(`No chromium was found, so ${name} is not tested in a browser: install it, or name it by CHROMIUM.`);
  describe.skipIf(CHROMIUM === undefined)(name, () => {
    let browser: Browser;
    const pages: ConsolePage[] = [];
    beforeAll(async () => {
      if (!existsSync(`${CONSOLE}/index.html`)) throw new Error('the console is not built: npm test does it first; so does npm run build');
      browser = await chromium.launch({ executablePath: CHROMIUM, args: ARGUMENTS });
    });
    afterEach(async () => {
      const open = pages.splice(0);
      for (const { page } of open) await page.context().close();
      for (const node of new Set(open.map((each) => each.node))) await node.close();
      expect(open.flatMap(({ complaints }) => complaints)).toEqual([]);
    });
    afterAll(() => browser.close());

    const openPage = async (node: TestNode, context: BrowserContextOptions = {}): Promise<ConsolePage> => {
      const opened = await browser.newContext({ locale: 'en-GB', timezoneId: 'Europe/Berlin', reducedMotion: 'reduce', ...context });
      const console = new ConsolePage(await opened.newPage(), node);
      pages.push(console);
      return console;
    };
    tests({
      start: async (node, context) => openPage(await startTestNode({ consoleDir: CONSOLE, ...node }), context),
      beside: ({ node }, context) => openPage(node, context),
    });
  });
}
