import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { Networks } from '../../src/webhooks/networks.js';
import { Sender, type SenderOptions } from '../../src/webhooks/sender.js';

const loopback = Networks.allowing(['127.0.0.0/8']);
const servers: Server[] = [];

afterEach(() => {
  for (const server of servers.splice(0)) server.close().closeAllConnections();
});

async function receiver(answer: RequestListener): Promise<number> {
  const server = createServer(answer);
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}

const send = (url: string, options: Partial<SenderOptions> = {}): ReturnType<Sender['send']> =>
  new Sender({ networks: loopback, ...options }).send({ url, headers: { 'webhook-id': 'e1' }, body: '{"a":"ü"}' });

describe('a delivery', () => {
  it('posts the body with its headers, and names the host that was given though it connects to the address that was checked', async () => {
    const heard: unknown[] = [];
    const port = await receiver((request, response) => {
      void request.toArray().then((chunks) => {
        const { host, 'webhook-id': id, 'content-type': type } = request.headers;
        heard.push({ method: request.method, host, id, type, body: Buffer.concat(chunks as Buffer[]).toString() });
        response.end('thanks');
      });
    });
    const lookup = (): Promise<{ address: string; family: number }[]> => Promise.resolve([{ address: '127.0.0.1', family: 4 }]);
    const result = await send(`http://hooks.example:${port}/in`, { lookup });
    expect(result).toEqual({ kind: 'answered', status: 200, body: 'thanks' });
    const host = `hooks.example:${port}`;
    expect(heard).toEqual([{ method: 'POST', host, id: 'e1', type: 'application/cloudevents+json', body: '{"a":"ü"}' }]);
  });

  it('resolves a name once, so that one that answers otherwise the second time leads nowhere else', async () => {
    const port = await receiver((_request, response) => response.end());
    let asked = 0;
    const lookup = (): Promise<{ address: string; family: number }[]> =>
      Promise.resolve([{ address: asked++ === 0 ? '127.0.0.1' : '127.9.9.9', family: 4 }]);
    expect(await send(`http://rebinding.example:${port}/`, { lookup })).toMatchObject({ status: 200 });
    expect(asked).toBe(1);
  });

  it('does not follow a redirect', async () => {
    let inner = 0;
    const target = await receiver((_request, response) => response.end(String(++inner)));
    const port = await receiver((_request, response) => response.writeHead(307, { location: `http://127.0.0.1:${target}/` }).end());
    expect(await send(`http://127.0.0.1:${port}/`)).toMatchObject({ kind: 'answered', status: 307 });
    expect(inner).toBe(0);
  });

  it('keeps the beginning of an answer only, however long it goes on', async () => {
    const port = await receiver((_request, response) => {
      const more = (): void => {
        while (!response.destroyed && response.write('x'.repeat(10_000)));
      };
      response.on('drain', more);
      more();
    });
    const result = await send(`http://127.0.0.1:${port}/`);
    expect(result).toEqual({ kind: 'answered', status: 200, body: 'x'.repeat(1024) });
  });

  it('gives a receiver that does not answer up after its time', async () => {
    const port = await receiver(() => undefined);
    expect(await send(`http://127.0.0.1:${port}/`, { timeLimitMs: 50 })).toMatchObject({ kind: 'unanswered', why: 'TIMEOUT' });
  });

  it.each([
    'http://127.0.0.1/',
    'https://2130706433/',
    'https://0x7f.1/',
    'https://[::ffff:127.0.0.1]/',
    'https://[::1]/',
    'https://169.254.169.254/',
  ])('never goes to %s where no network is allowed', async (url) => {
    expect(await send(url, { networks: Networks.allowing([]) })).toMatchObject({ kind: 'unanswered', why: 'FORBIDDEN' });
  });

  it('refuses a name that has a private address beside a public one, and does not tell it', async () => {
    const lookup = (): Promise<{ address: string; family: number }[]> =>
      Promise.resolve([
        { address: '8.8.8.8', family: 4 },
        { address: '10.1.2.3', family: 4 },
      ]);
    const result = await send('https://both.example/', { lookup });
    expect(result).toMatchObject({ kind: 'unanswered', why: 'FORBIDDEN' });
    expect(JSON.stringify(result)).not.toContain('10.1.2.3');
  });
});

describe('networks', () => {
  it.each([
    '10.0.0.1',
    '172.16.0.1',
    '192.168.1.1',
    '100.64.0.1',
    '168.63.129.16',
    'fd00:ec2::254',
    'fe80::1%eth0',
    '64:ff9b::7f00:1',
    '2002:7f00:1::',
    '0.0.0.0',
    '::',
    'no address',
  ])('that nobody allowed are not reached: %s', (address) => expect(loopback.mayReach(address)).toBe(false));

  it.each(['8.8.8.8', '2606:4700::1', '127.0.0.1', '::ffff:127.0.0.1'])('that are public or allowed are reached: %s', (address) =>
    expect(loopback.mayReach(address)).toBe(true),
  );

  it('are given as CIDRs', () => expect(() => Networks.allowing(['10.0.0.0'])).toThrow('"10.0.0.0" is no network'));
});
