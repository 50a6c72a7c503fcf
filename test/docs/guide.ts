/** What a fenced block of a guide has, and the line of the page that its first line is on. */
interface Block {
  readonly language: string;
  readonly text: string;
  readonly line: number;
}

/** Something that a reader of a guide does, in the order of the page. */
export type Step =
  /** Runs commands, in one shell for all of the page, and compares what they print with the block after them, where there is one. */
  | { readonly does: 'run'; readonly line: number; readonly commands: string; readonly output: Block | undefined }
  /** Starts a command and leaves it running: a block whose first line says `# in another terminal`. */
  | { readonly does: 'start'; readonly line: number; readonly commands: string; readonly output: Block | undefined };

const ELSEWHERE = '# in another terminal\n';
/** What stands for something of the reader's own: it is not run. */
const EXAMPLE = /^# for example\b/;

/** @param markdown of a guide. A block of `sh` that says `# for example` in its first line is no step. */
export function stepsOf(markdown: string): readonly Step[] {
  const blocks = blocksOf(markdown);
  return blocks.flatMap((block, at): Step[] => {
    const { line, text } = block;
    if (block.language !== 'sh' || EXAMPLE.test(text)) return [];
    const step = { line, commands: text, output: outputAfter(markdown, block, blocks[at + 1]) };
    return [text.startsWith(ELSEWHERE) ? { does: 'start', ...step } : { does: 'run', ...step }];
  });
}

/** All fenced blocks of a page, also those within a list. */
function blocksOf(markdown: string): readonly Block[] {
  return [...markdown.matchAll(/^( *)```(\w*)[^\n]*\n(.*?)\n?^\1```$/gms)].map(
    ({ 1: indent = '', 2: language = '', 3: text = '', index }) => ({
      language,
      text: text.replaceAll(new RegExp(`^${indent}`, 'gm'), ''),
      line: markdown.slice(0, index).split('\n').length + 1,
    }),
  );
}

/** The next block, where it is one of output and nothing is said between the two. */
function outputAfter(markdown: string, { text, line }: Block, next: Block | undefined): Block | undefined {
  if (!next || !['text', 'json'].includes(next.language)) return undefined;
  const between = markdown.split('\n').slice(line + text.split('\n').length, next.line - 2);
  return between.every((word) => word.trim() === '') ? next : undefined;
}
