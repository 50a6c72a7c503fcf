import { describe, expect, it } from 'vitest';
import { codes, read } from './reading.js';

describe('profiles', () => {
  const text = `services:\n  a: { image: a, depends_on: [needed] }\n  debug: { image: d, profiles: [debug] }\n  needed: { image: n, profiles: [extra] }\n`;

  it('leaves out what is not asked for, keeping it in extra, and takes in what an active service needs', () => {
    const { components, content, warnings } = read(text);
    expect(components.map(({ key }) => key)).toEqual(['a', 'needed']);
    expect(content.extra).toEqual({ services: { debug: { image: 'd', profiles: ['debug'] } } });
    expect(warnings.map(({ code }) => code).sort()).toEqual(['SERVICE_INACTIVE', 'SERVICE_TAKEN_IN']);
  });

  it('takes in what is asked for, or everything', () => {
    expect(read(text, { profiles: ['debug'] }).components).toHaveLength(3);
    expect(read(text, { profiles: ['*'] }).components).toHaveLength(3);
    expect(codes('services: { a: { profiles: [x] } }')).toEqual(['PROFILES_TAKEN_IN']);
  });
});

describe('a service that is not active', () => {
  const inactive = 'b: { image: y, profiles: [p], configs: [c] }';

  it('keeps the content of a config that it alone uses', () => {
    const { content } = read(`services:\n  a: { image: x }\n  ${inactive}\nconfigs: { c: { content: hello } }\n`);
    expect(content.extra).toMatchObject({ configs: { c: { content: 'hello' } } });
  });

  it('is no dependency of a component that can do without it', () => {
    const { components, warnings } = read(
      `services:\n  a: { image: x, depends_on: { b: { condition: service_healthy, required: "\${R:-false}" } } }\n  ${inactive}\n`,
    );
    expect(components).toHaveLength(1);
    expect(components[0]?.dependsOn).toBeUndefined();
    expect(components[0]?.extra).toEqual({ depends_on: { b: { condition: 'service_healthy', required: 'false' } } });
    expect(warnings.map(({ code }) => code)).toEqual(['SERVICE_INACTIVE', 'DEPENDENCY_LEFT_OUT']);
  });
});
