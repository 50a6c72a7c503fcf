import { expect, it } from 'vitest';
import { describeConsole, type ConsolePage } from './browser.js';

const createApp = async ({ node }: ConsolePage, name: string, team = 'makers'): Promise<string> =>
  ((await node.api.mutate('createApp', 'CreateAppInput', { name, team }, 'app { id }')) as { app: { id: string } }).app.id;

/** A source that is published twice, and an install of the first version. */
async function createShop(console: ConsolePage): Promise<void> {
  const { api } = console.node;
  const appId = await createApp(console, 'Shop source');
  const component = { key: 'web', image: 'example/web:1' };
  await api.mutate('addComponent', 'AddComponentInput', { appId, component }, 'position');
  const publish = { appId, version: '1.0' };
  const selection = 'template { id }';
  const { template } = (await api.mutate('publishTemplate', 'PublishTemplateInput', { ...publish, name: 'shop' }, selection)) as {
    template: { id: string };
  };
  await api.mutate('installTemplate', 'InstallTemplateInput', { templateId: template.id, appName: 'Shop of Ada', team: 'ada' }, 'position');
  await api.mutate('addComponent', 'AddComponentInput', { appId, component: { key: 'redis', image: 'redis:7' } }, 'position');
  await api.mutate('publishTemplate', 'PublishTemplateInput', { appId, version: '1.1', templateId: template.id }, 'position');
}

describeConsole('the list of apps', ({ start, beside }) => {
  it('says of an empty server what an app is, and creates the first one', async () => {
    const console = await start();
    const { page } = console;
    await console.open('/');
    await page.getByRole('heading', { name: 'No apps yet' }).waitFor();
    expect(new URL(page.url()).pathname).toBe('/apps');
    await page.getByRole('button', { name: 'Create app' }).first().click();
    await page.getByRole('textbox', { name: 'Name' }).fill('Shop');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { level: 1, name: 'Shop' }).waitFor();
    await page.getByRole('link', { name: 'Apps' }).click();
    await page.getByRole('cell', { name: 'Shop' }).waitFor();
  });

  it('asks for the name where none is given', async () => {
    const console = await start();
    await console.open('/apps');
    await console.page.getByRole('button', { name: 'Create app' }).first().click();
    await console.page.getByRole('button', { name: 'Create', exact: true }).click();
    await console.page.getByText('Give it a name.').waitFor();
    expect(await console.violations()).toEqual([]);
  });

  it('tells of each install how many versions it is behind', async () => {
    const console = await start();
    await createShop(console);
    await console.open('/apps');
    const row = console.page.getByRole('row').filter({ hasText: 'Shop of Ada' });
    await row.getByText('shop 1.0').waitFor();
    await row.getByText('1 version behind').waitFor();
    await console.untilLive();
    await console.screenshot('apps');
  });

  it('keeps what is looked for in the address', async () => {
    const console = await start();
    const { page } = console;
    for (const [name, team] of [
      ['Shop', 'ada'],
      ['Blog', 'ada'],
      ['Shop two', 'ben'],
    ] as const)
      await createApp(console, name, team);
    await console.open('/apps');
    await page.getByRole('searchbox', { name: 'Search by name' }).fill('shop');
    await page.getByRole('combobox', { name: 'Team' }).fill('ada');
    await page.getByText('All 1').waitFor();
    expect(new URL(page.url()).search).toBe('?search=shop&team=ada');
    const other = await beside(console);
    await other.open('/apps?search=shop&team=ada');
    await other.page.getByRole('link', { name: 'Shop' }).waitFor();
    expect(await other.page.getByRole('row').count()).toBe(2);
    await page.getByRole('combobox', { name: 'Team' }).fill('nobody');
    await page.getByRole('button', { name: 'Show all apps' }).click();
    await page.getByText('All 3').waitFor();
  });

  it('has further pages, each with an address', async () => {
    const console = await start();
    for (let n = 1; n <= 51; n++) await createApp(console, `App ${String(n).padStart(2, '0')}`);
    await console.open('/apps');
    await console.page.getByText('50 of 51').waitFor();
    await console.page.getByRole('button', { name: 'Next' }).click();
    await console.page.getByRole('link', { name: 'App 51' }).waitFor();
    await console.page.goBack();
    await console.page.getByRole('link', { name: 'App 01' }).waitFor();
  });

  it('shows by itself what happens elsewhere', async () => {
    const console = await start();
    await console.open('/apps');
    await console.untilLive();
    await createApp(console, 'From elsewhere');
    await console.page.getByRole('link', { name: 'From elsewhere' }).waitFor();
  });

  it.each(['light', 'dark'] as const)('has nothing that axe finds, in %s, down to 360 pixels', async (colorScheme) => {
    const console = await start({}, { colorScheme });
    await createShop(console);
    for (const width of [1280, 360]) {
      await console.page.setViewportSize({ width, height: 800 });
      await console.open('/apps');
      await console.page.getByText('1 version behind').waitFor();
      await console.untilLive();
      expect([width, await console.violations(), await console.fits()]).toEqual([width, [], true]);
    }
  });
});
