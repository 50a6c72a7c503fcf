import { describe, expect, it } from 'vitest';
import { given, of, read } from './reading.js';

describe('secrets', () => {
  it('keeps the names, and no value anywhere', () => {
    const text = `services:\n  a: { image: x, secrets: [s, t, u] }\nsecrets:\n  s: { file: ./s.txt }\n  t: { environment: TOKEN }\n  u: { content: hunter2 }\n`;
    const project = read(text, { files: [{ name: 's.txt', content: 'topsecret' }], env: 'TOKEN=abcdef' });
    expect(JSON.stringify([project.components, project.content])).not.toMatch(/topsecret|abcdef|hunter2/);
    expect(project.content.extra).toEqual({ secrets: { s: { file: './s.txt' }, t: { environment: 'TOKEN' }, u: {} } });
    expect(project.warnings.map(({ code }) => code)).toEqual(['SECRET_LEFT_OUT', 'SECRET_LEFT_OUT', 'SECRET_LEFT_OUT']);
  });
});

describe('the file of a secret', () => {
  const secrets = 'secrets: { s: { file: ./secrets/s.txt } }\n';
  const files = given({ 'secrets/s.txt': 'KEY=hunter2', 'secrets/other.txt': 'other' });

  it.each([
    ['a mount of its folder', 'volumes: ["./secrets:/run/s"]', 1],
    ['a mount of the file', 'volumes: [{ type: bind, source: secrets/s.txt, target: /run/s.txt }]', 1],
    ['a mount by another spelling', 'volumes: ["./x/../secrets/s.txt:/run/s.txt"]', 1],
    ['an env_file', 'env_file: secrets/s.txt', 0],
    ['a config', 'configs: [c]', 1],
  ])('is not taken in by %s either', (_, lines, named) => {
    const { components, content, warnings } = read(`${of(lines)}configs: { c: { file: secrets/s.txt } }\n${secrets}`, { files });
    expect(JSON.stringify([components, content])).not.toContain('hunter2');
    expect(warnings.filter(({ code }) => code === 'SECRET_LEFT_OUT')).toHaveLength(2);
    expect(Object.values(components[0]?.configFiles ?? {}).filter((file) => 'content' in file && file.content === null)).toHaveLength(
      named,
    );
  });

  it('leaves the files beside it as they are', () => {
    const [component] = read(of('volumes: ["./secrets:/run/s"]') + secrets, { files }).components;
    expect(component?.configFiles).toEqual({ '/run/s/other.txt': { content: 'other' }, '/run/s/s.txt': { content: null } });
  });

  it('stays hidden where an overlay names another file', () => {
    const overlay = { name: 'o.yaml', overlay: true, content: 'secrets: { s: { file: ./elsewhere.txt } }\n' };
    const { components } = read(of('volumes: ["./secrets:/run/s"]') + secrets, { files: [...files, overlay] });
    expect(JSON.stringify(components)).not.toContain('hunter2');
  });
});
