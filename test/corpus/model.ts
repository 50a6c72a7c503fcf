import { outside, renameReferences, requiredNeeds } from '../../src/domain/app/references.js';
import type { Definition } from '../../src/domain/definition/definition.js';
import { canonical, leaves, naiveMerge, type Told } from './naive-merge.js';

export type Tree = Definition;

/** A version of a project: identity to definition. A key that goes and comes again is another component. */
export interface Target {
  readonly version: string;
  readonly components: ReadonlyMap<string, Tree>;
  readonly content: unknown;
}

/** A component of an install as plain trees, no patches; its references in the keys of the template, its own key that of the app. */
interface Modelled {
  readonly base: Tree;
  readonly local: Tree;
  /** Gone from the template, and kept. */
  readonly kept: boolean;
}

export type Choose = (componentKey: string, path: string) => 'LOCAL' | 'TEMPLATE' | undefined;

export interface Problem {
  readonly code: 'KEY_TAKEN' | 'DEPENDENCY_MISSING';
  /** The key that is taken, or that is missing. */
  readonly key: string;
  /** As a plan tells it. */
  readonly text: string;
}

export interface Prediction {
  /** What the plan tells, leaf by leaf, sorted. */
  readonly told: readonly string[];
  readonly after: Model;
  readonly problems: readonly Problem[];
}

interface Parts {
  readonly at: Target;
  readonly components: ReadonlyMap<string, Modelled>;
  /** Deleted at the install. */
  readonly excluded: ReadonlyMap<string, Tree>;
  /** The app's own, by key. */
  readonly own: ReadonlyMap<string, Tree>;
  readonly contentBase: unknown;
  readonly content: unknown;
}

/** An app with one install as the naive model has it. It is never changed: what is done to it gives another one. */
export class Model {
  private constructor(private readonly parts: Parts) {}

  static installed(at: Target): Model {
    const components = new Map([...at.components].map(([identity, tree]) => [identity, { base: tree, local: tree, kept: false }]));
    return new Model({ at, components, excluded: new Map(), own: new Map(), contentBase: at.content, content: at.content });
  }

  get identities(): readonly string[] {
    return [...this.parts.components.keys()];
  }

  get ownKeys(): readonly string[] {
    return [...this.parts.own.keys()];
  }

  get content(): unknown {
    return this.parts.content;
  }

  /** What the app consists of, by key, everything in the keys of the app. */
  get trees(): ReadonlyMap<string, Tree> {
    const installed = this.identities.map((identity) => this.tree(identity));
    return new Map([...installed, ...this.parts.own.values()].map((tree) => [tree.key, tree]));
  }

  tree(identity: string): Tree {
    const toApp = this.toApp();
    return renameReferences(this.component(identity).local, toApp);
  }

  keyOf(identity: string): string {
    return this.component(identity).local.key;
  }

  templateHas(key: string): boolean {
    return [...this.parts.at.components.values()].some((tree) => tree.key === key);
  }

  withContent(content: unknown): Model {
    return this.with({ content });
  }

  withOwn(tree: Tree): Model {
    return this.with({ own: new Map(this.parts.own).set(tree.key, tree) });
  }

  /** @param tree in the keys of the app, under the key that it has. */
  edited(key: string, tree: Tree): Model {
    if (this.parts.own.has(key)) return this.withOwn(tree);
    const identity = this.identityOf(key);
    const local = renameReferences(tree, this.toTemplate());
    return this.with({ components: new Map(this.parts.components).set(identity, { ...this.component(identity), local }) });
  }

  without(key: string): Model {
    const own = new Map(this.parts.own);
    if (own.delete(key)) return this.with({ own });
    const identity = this.identityOf(key);
    const { base, kept } = this.component(identity);
    const components = new Map(this.parts.components);
    components.delete(identity);
    return this.with({ components, ...(!kept && { excluded: new Map(this.parts.excluded).set(identity, base) }) });
  }

  /** Under another key, which all that depends on it take over. */
  renamed(key: string, to: string): Model {
    const follow = (tree: Tree): Tree => renameReferences(tree, (each) => (each === key ? to : each));
    const trees = [...this.trees.values()].map((tree) => follow(tree.key === key ? { ...tree, key: to } : tree));
    const byKey = new Map(trees.map((tree) => [tree.key, tree]));
    const treeOf = (each: string): Tree => byKey.get(each === key ? to : each) ?? fail(`no component ${each}`);
    const own = new Map(this.ownKeys.map((each) => treeOf(each)).map((tree) => [tree.key, tree]));
    const components = new Map(
      [...this.parts.components].map(([identity, each]) => [
        identity,
        { ...each, local: { ...each.local, key: treeOf(each.local.key).key } },
      ]),
    );
    const renamed = this.with({ own, components });
    const toTemplate = renamed.toTemplate();
    const written = [...components].map(
      ([identity, each]) => [identity, { ...each, local: renameReferences(treeOf(this.keyOf(identity)), toTemplate) }] as const,
    );
    return renamed.with({ components: new Map(written) });
  }

  /** The plan of an upgrade, and what comes of it. */
  upgraded(target: Target, choose: Choose): Prediction {
    const { parts } = this;
    const lines: string[] = [];
    const tell = (key: string, fields: readonly Told[]): void => {
      for (const { path, outcome } of fields) lines.push(`${key} ${path} ${outcome}`);
    };
    const taken = (tree: Tree): Told[] => leaves(tree, '').map((path) => ({ path, outcome: 'TAKE_TEMPLATE' }));
    const after = new Map<string, Modelled>();
    const names = new Map<string, string>();
    const installed = new Set([...target.components.keys()].flatMap((identity) => parts.components.get(identity)?.local.key ?? []));
    const toTarget = this.toKeysOf(target);
    const nameOf = (key: string, why: string): string => (installed.has(key) ? `${key} (${why})` : key);
    for (const [identity, tree] of target.components) {
      const component = parts.components.get(identity);
      const excluded = parts.excluded.get(identity);
      if (component) {
        const fields: Told[] = [];
        const key = component.local.key;
        const [base, mine] = [component.base, component.local].map((side) => renameReferences(side, toTarget));
        const local = naiveMerge(base, mine, tree, '', (path) => choose(key, path), fields) as Tree;
        tell(key, fields);
        names.set(identity, key);
        after.set(identity, { base: tree, local, kept: false });
      } else if (excluded) {
        tell(
          nameOf(tree.key, 'excluded'),
          differences(excluded, tree).map((path) => ({ path, outcome: 'KEEP_LOCAL' })),
        );
      } else {
        names.set(identity, nameOf(tree.key, 'added'));
        tell(nameOf(tree.key, 'added'), taken(tree));
        after.set(identity, { base: tree, local: tree, kept: false });
      }
    }
    for (const { key } of target.components.values()) installed.add(key);
    for (const [identity, component] of parts.components) {
      if (target.components.has(identity)) continue;
      const name = nameOf(component.local.key, 'removed');
      names.set(identity, name);
      const kept = { ...component, local: renameReferences(component.local, toTarget), kept: true };
      if (component.kept) after.set(identity, kept);
      else if (same(component.base, component.local)) tell(name, taken(component.base));
      else {
        const choice = choose(name, '');
        tell(name, [{ path: '', outcome: choice ? 'RESOLVED' : 'CONFLICT' }]);
        if (choice !== 'TEMPLATE') after.set(identity, kept);
      }
    }
    const appFields: Told[] = [];
    const content = naiveMerge(parts.contentBase, parts.content, target.content, '', (path) => choose('', path), appFields);
    tell('', appFields);
    const excluded = new Map(
      [...parts.excluded.keys()].flatMap((identity) => {
        const now = target.components.get(identity);
        return now ? [[identity, now] as const] : [];
      }),
    );
    const model = this.with({ at: target, components: after, excluded, contentBase: target.content, content });
    return { told: lines.sort(), after: model, problems: this.problemsOf(model, names) };
  }

  /** What it would break; a dependency that was missing before is none of it. */
  private problemsOf(after: Model, names: ReadonlyMap<string, string>): Problem[] {
    const problems: Problem[] = [];
    const before = new Set(this.trees.keys());
    const keys = new Set(after.ownKeys);
    for (const [identity, { local }] of after.parts.components) {
      const { key } = local;
      if (keys.has(key)) problems.push({ code: 'KEY_TAKEN', key, text: `KEY_TAKEN ${names.get(identity)}` });
      keys.add(key);
    }
    const missing = (key: string, name: string): Problem => ({ code: 'DEPENDENCY_MISSING', key, text: `DEPENDENCY_MISSING ${name}` });
    const [appBefore, appAfter] = [this.toApp(), after.toApp()];
    for (const [identity, { local }] of after.parts.components) {
      const needed = this.parts.components.get(identity);
      const broken = needed ? requiredNeeds(needed.local).filter((need) => !before.has(appBefore(need))) : [];
      for (const need of requiredNeeds(local))
        if (!keys.has(appAfter(need)) && !broken.includes(need)) problems.push(missing(appAfter(need), names.get(identity) ?? local.key));
    }
    for (const tree of after.parts.own.values())
      for (const need of requiredNeeds(tree)) if (!keys.has(need) && before.has(need)) problems.push(missing(need, tree.key));
    return problems;
  }

  private with(parts: Partial<Parts>): Model {
    return new Model({ ...this.parts, ...parts });
  }

  private component(identity: string): Modelled {
    return this.parts.components.get(identity) ?? fail(`no component ${identity}`);
  }

  private identityOf(key: string): string {
    return this.identities.find((identity) => this.keyOf(identity) === key) ?? fail(`no component ${key}`);
  }

  /** Template key and app key of what the version has and the install too. */
  private names(): (readonly [string, string])[] {
    return [...this.parts.at.components].flatMap(([identity, { key }]) => {
      const here = this.parts.components.get(identity);
      return here ? [[key, here.local.key] as const] : [];
    });
  }

  /** A component that goes from the template, and has a key of its own at the install, is named by that one. */
  private toKeysOf(target: Target): (key: string) => string {
    const gone = [...this.parts.at.components].flatMap(([identity, { key }]) => {
      const here = this.parts.components.get(identity)?.local.key;
      return here === undefined || here === key || target.components.has(identity) ? [] : [[key, here] as const];
    });
    const names = new Map(gone);
    return (key) => names.get(key) ?? key;
  }

  private toApp(): (key: string) => string {
    const names = new Map(this.names());
    return (key) => (key.startsWith(outside('')) ? key.slice(outside('').length) : (names.get(key) ?? key));
  }

  private toTemplate(): (key: string) => string {
    const names = this.names();
    const [back, there] = [new Map(names.map(([template, app]) => [app, template])), new Map(names)];
    return (key) => back.get(key) ?? (there.has(key) ? outside(key) : key);
  }
}

/** Leaves that are not the same in two trees. */
export function differences(before: unknown, after: unknown): string[] {
  const [left, right] = [leafMap(before), leafMap(after)];
  return [...new Set([...left.keys(), ...right.keys()])].filter((path) => left.get(path) !== right.get(path));
}

/** Each leaf in canonical form. */
export function leafMap(tree: unknown): Map<string, string> {
  if (tree === undefined) return new Map();
  return new Map(leaves(tree, '').map((path) => [path, canonical(at(tree, path))]));
}

function at(tree: unknown, path: string): unknown {
  const tokens = path.split('/').slice(1);
  return tokens.reduce<unknown>(
    (node, token) => (node as Record<string, unknown> | undefined)?.[token.replaceAll('~1', '/').replaceAll('~0', '~')],
    tree,
  );
}

function same(left: unknown, right: unknown): boolean {
  return canonical(left) === canonical(right);
}

export function fail(message: string): never {
  throw new Error(message);
}
