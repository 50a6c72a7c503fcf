import { isList, isMap, Override, Reset, textOf, type Tree } from './tree.js';

/** How much a tree is with its aliases spelled out. */
export interface Weight {
  readonly values: number;
  readonly characters: number;
  /** Levels of lists and maps. */
  readonly depth: number;
  /** Whether it has a tag of Compose: on it, or in a mapping within it. */
  readonly tagged: boolean;
}

const weights = new WeakMap<object, Weight>();

/** Weighs each shared part once: an alias costs nothing until somebody spells it out. */
export function weigh(tree: Tree): Weight {
  if (tree instanceof Override) return { ...weigh(tree.value), tagged: true };
  if (tree instanceof Reset) return { values: 1, characters: 0, depth: 0, tagged: true };
  if (!isList(tree) && !isMap(tree)) return { values: 1, characters: textOf(tree)?.length ?? 0, depth: 0, tagged: false };
  const known = weights.get(tree);
  if (known) return known;
  let values = 1;
  let characters = 0;
  let depth = 0;
  let tagged = false;
  const add = (member: Tree): void => {
    const weight = weigh(member);
    values += weight.values;
    characters += weight.characters;
    depth = Math.max(depth, weight.depth);
    tagged ||= weight.tagged && !isList(tree);
  };
  if (isList(tree)) tree.forEach(add);
  else {
    for (const [key, member] of Object.entries(tree)) {
      characters += key.length;
      add(member);
    }
  }
  const weight = { values, characters, depth: depth + 1, tagged };
  weights.set(tree, weight);
  return weight;
}
