import { expect, it } from 'vitest';
import { TokenDesk } from '../access/token-desk.js';
import { openEmbeddedStore } from '../../src/store/embedded/embedded-store.js';
import { describeConsole } from './browser.js';

describeConsole('the shell of the console', ({ start, beside }) => {
  it('says of an address that leads nowhere that it does, and where to go', async () => {
    const console = await start();
    await console.open('/nowhere/at/all');
    await console.page.getByRole('link', { name: 'Go to the apps' }).click();
    await console.page.getByRole('heading', { level: 1, name: 'Apps' }).waitFor();
  });

  it('asks for a token where the server wants one, for this tab alone', async () => {
    const store = openEmbeddedStore({ path: ':memory:' });
    const { secret } = await new TokenDesk(store).create();
    const console = await start({ store, access: 'tokens' });
    console.expectStatus(401);
    const { page } = console;
    await console.open('/apps');
    const token = page.getByLabel('Access token');
    await token.fill('rgt_wrong');
    await page.keyboard.press('Enter');
    await page.getByText('does not let this token in').waitFor();
    expect(await console.violations()).toEqual([]);
    await token.fill(secret);
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'No apps yet' }).waitFor();
    await console.untilLive();
    await page.reload();
    await page.getByRole('heading', { name: 'No apps yet' }).waitFor();
    const other = await beside(console);
    other.expectStatus(401);
    await other.open('/apps');
    await other.page.getByLabel('Access token').waitFor();
  });

  it('says that the server cannot be reached, and shows what is there once it is again', async () => {
    const console = await start();
    const { page } = console;
    console.expectStatus(503);
    await page.route('**/graphql', (route) => route.fulfill({ status: 503, body: 'away' }));
    await console.open('/apps');
    await page.getByRole('alert').getByText('The server is not available').waitFor();
    expect(await console.violations()).toEqual([]);
    await page.unroute('**/graphql');
    await page.getByRole('button', { name: 'Try again' }).click();
    await page.getByRole('heading', { name: 'No apps yet' }).waitFor();
  });

  it('is dark where one likes it so, and stays it', async () => {
    const console = await start();
    const { page } = console;
    const scheme = (): Promise<string | null> => page.locator('html').getAttribute('data-mantine-color-scheme');
    await console.open('/apps');
    expect(await scheme()).toBe('light');
    await page.getByRole('button', { name: 'Theme' }).click();
    await page.getByRole('menuitem', { name: 'Dark' }).click();
    expect(await scheme()).toBe('dark');
    await page.reload();
    await console.heading().waitFor();
    expect(await scheme()).toBe('dark');
  });

  it('lets keyboards skip what is on every page', async () => {
    const console = await start();
    await console.open('/apps');
    await console.page.keyboard.press('Tab');
    await console.page.keyboard.press('Enter');
    expect(await console.page.evaluate(() => document.activeElement?.id)).toBe('content');
  });
});
